-- What people write in: the commonest words of the language first, then made ones, so that the n-th comes 1/n as often
-- as the first; and the names they have.

create unlogged table big_word as
select row_number() over ()::int as n, word from (
    select word, min(ord) as ord from (
        select word, ord from unnest(string_to_array(
            'de que no a la el es y en lo un por qué me una te los se con para mi está si bien pero yo eso las sí su tu aquí del al como le más esto ya todo esta vamos muy hay ahora algo estoy tengo nos tú nada cuando ha este sé estás así puedo cómo quiero sólo soy tiene gracias o él bueno fue ser hacer son todos era eres vez tienes creo ella he ese voy puede sabes hola buenos días buenas tardes noches cita mañana hora horario precio pago pagar factura boleta pedido envío entrega dirección correo teléfono número cliente producto talla color cambio devolución tienda sede doctor doctora consulta dolor muela limpieza ortodoncia brackets control receta resultado examen análisis seguro póliza cobertura reserva confirmar cancelar cambiar mover lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre adelanto efectivo tarjeta transferencia yape plin depósito comprobante descuento oferta promoción información ubicación llegar estacionamiento niño niña hijo hija esposo esposa mamá papá familia urgente emergencia ayuda problema reclamo demora espera atención asesor vendedor cotización presupuesto garantía servicio técnico instalación equipo contrato plan internet señal línea recibo vencimiento deuda cuota crédito banco cuenta clave usuario contraseña aplicación enlace página foto imagen video audio documento archivo contrato firma copia original dni pasaporte ruc empresa oficina almacén stock disponible agotado llegó falta sobra grande pequeño nuevo usado blanco negro rojo azul verde favor disculpe perdón claro perfecto excelente listo entendido ok vale también entonces después antes siempre nunca hoy ayer noche tarde momento minuto semana mes año',
            ' ')) with ordinality w(word, ord)
        union all
        select a || b || c || coalesce(d, ''), 1000 + row_number() over (order by md5(a || b || c || coalesce(d, '')))
        from unnest(array['ca','me','sol','tri','pan','lu','ro','fi','ber','gui','tal','pe','mon','sa','del']) a,
             unnest(array['ri','to','mba','le','na','cu','dos','vi','ña','go']) b,
             unnest(array['da','ción','ro','les','mos','ta','ble','jo','ndo','ces']) c,
             unnest(array[null, 'r', 's', 'mente', 'ría', 'dor', 'nte', 'l', 'ndo', 'ta', 'cito', 'zuelo', 'x']) d
    ) w group by word order by min(ord)
) w order by ord;
create unique index on big_word (n);

create unlogged table big_first as
select row_number() over (order by ord)::int as n, name from unnest(string_to_array(
    'María José Luis Juan Carlos Ana Jorge Rosa Miguel Carmen Pedro Luz Víctor Julia Manuel Lucía César Sofía Jesús Valeria Daniel Gabriela Fernando Patricia Roberto Claudia Ricardo Andrea Alberto Mónica Raúl Verónica Sergio Silvia Eduardo Teresa Francisco Elena Javier Camila Diego Renata Mateo Paula Andrés Beatriz Óscar Gloria Hugo Norma Iván Irene Martín Elsa Rubén Raquel Ángel Natalia Ramón Yolanda Alejandro Mariana Gustavo Cecilia Héctor Lorena Enrique Adriana Guillermo Alicia Felipe Esther Tomás Susana Joaquín Olga Emilio Marta Sebastián Isabel Nicolás Daniela Rodrigo Ximena Thiago João Letícia Beatriz Antônio Conceição Cauã Iracema Wilmer Yésica Percy Milagros Edwin Nélida Wálter Flor',
    ' ')) with ordinality w(name, ord);
create unlogged table big_last as
select row_number() over (order by ord)::int as n, name from (
    select name, ord from unnest(string_to_array(
        'Quispe Flores Rodríguez Sánchez García Rojas Huamán Mamani Chávez López Ramírez González Fernández Pérez Díaz Torres Vásquez Gonzales Castillo Ramos Mendoza Espinoza Gutiérrez Cruz Castro Martínez Silva Vargas Romero Ruiz Álvarez Morales Jiménez Herrera Medina Aguilar Ortiz Reyes Guzmán Salazar Delgado Suárez Ríos Paredes Núñez Cárdenas Peña Carrasco Zapata Vega Vera Soto Bravo Campos Molina Navarro Cabrera Acosta Valdivia Alarcón Contreras Guerrero Palacios Miranda Ibáñez Maldonado Farfán Ponce Valencia Córdova Benavides Zegarra Yupanqui Condori Apaza Choque Huanca Ticona Zubizarreta Etcheverry Echeandía Goicochea Ferreira Oliveira Souza Conceição Nascimento Araújo Barbosa',
        ' ')) with ordinality w(name, ord)
    union all
    select initcap(word), 1000 + n from big_word where n > 400 and n <= 3400
) l;
create unique index on big_first (n);
create unique index on big_last (n);
-- A rank that comes 1/n as often as the first, below `most`.
create function big_rank(most int) returns int language sql volatile parallel safe as
$$ select least(most, floor(exp(random() * ln(most + 1)))::int) $$;

create unlogged table big_phrase (n int primary key, body text not null);
-- Piecemeal: one statement would hold all words of all phrases.
do $$
begin
    for part in 0 .. 9 loop
        insert into big_phrase
        select p.n, string_agg(w.word, ' ')
        from (select n, generate_series(1, 1 + n % 6) as at, big_rank((select max(n) from big_word)) as rank
              from generate_series(part * 40000 + 1, (part + 1) * 40000) n) p
        join big_word w on w.n = p.rank group by p.n;
    end loop;
end $$;
analyze big_phrase;
