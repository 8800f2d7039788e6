//! What Postgres breaks off because others were in the way is done again; what it refuses is not.

use bandeja::error::PageError;
use sea_orm::ConnectionTrait as _;

use crate::helpers::TestApp;

#[tokio::test]
async fn what_others_were_in_the_way_of_is_done_again_from_the_beginning_a_few_times() {
    let app = TestApp::new().await;
    let tried = async |code: &str, fails: u32| {
        let times = std::cell::Cell::new(0);
        let done = app.state.transact(async |tx| {
            times.set(times.get() + 1);
            tx.execute_unprepared("insert into team (id, name) values (gen_random_uuid(), 'Nadie')").await?;
            if times.get() <= fails {
                let breaks_off = format!("do $$ begin raise 'in the way' using errcode = '{code}'; end $$");
                tx.execute_unprepared(&breaks_off).await?;
            }
            Ok(times.get())
        });
        let broke_off = matches!(done.await, Err(PageError::Database(_)));
        let gone = app.db().execute_unprepared("delete from team where name = 'Nadie'").await.unwrap();
        (times.get(), gone.rows_affected(), broke_off)
    };
    // How often it was tried, the rows that stay, whether it broke off.
    assert_eq!(tried("40P01", 0).await, (1, 1, false));
    assert_eq!(tried("40P01", 2).await, (3, 1, false));
    assert_eq!(tried("40001", 3).await, (4, 1, false));
    assert_eq!(tried("40P01", 4).await, (4, 0, true));
    assert_eq!(tried("23514", 1).await, (1, 0, true));
}
