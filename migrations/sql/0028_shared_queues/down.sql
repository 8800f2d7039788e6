alter table queue drop column shared;
