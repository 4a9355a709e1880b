//! What a store must do, run against a real `SQLite` and a real `PostgreSQL`. At stake is that
//! nothing acknowledged is ever lost, nothing is half written, and both engines tell the same.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod access;
mod desk;
mod history;
mod journal;
mod killed;
mod opening;
mod outbox;
mod projections;
mod records;
mod story;

use segue_store::{on_both, testkit::Place};

on_both! {
    journal:
        what_is_appended_is_read_in_order,
        a_line_is_read_as_it_was_written,
        a_journal_outlives_the_program,
        an_append_behind_the_head_is_refused_with_the_head,
        two_writers_at_once_leave_one_order_without_gaps,
        lines_that_leave_a_gap_are_refused,
        a_batch_that_fails_leaves_nothing,
        texts_of_any_script_and_sixteen_kilobytes_come_back,
        a_key_gives_its_answer_again_until_it_is_forgotten,
        a_key_cannot_be_used_twice,
        the_newest_snapshot_is_kept,
        desks_do_not_see_one_another,
        lines_are_found_by_what_they_are_about,
        a_column_says_the_kind_that_the_line_says,
        a_line_of_a_newer_format_is_not_guessed_at;
    projections:
        the_story_is_told_by_the_tables,
        rebuilt_tables_equal_those_written_line_by_line,
        what_does_not_agree_with_the_journal_is_named_row_by_row;
    desk:
        the_tables_say_what_the_desk_says;
    records:
        conversations_are_paged_without_gaps_or_doubles,
        messages_are_paged_and_refused_ones_left_out,
        a_customer_is_found_by_both_ids,
        an_external_id_belongs_to_one_customer,
        the_five_latest_conversations_of_a_customer_are_told,
        an_erased_customer_leaves_decisions_and_no_words;
    outbox:
        many_at_once_never_claim_one_row_twice,
        a_claim_that_lapses_goes_to_another_and_fences_off_the_first,
        what_failed_comes_again_and_what_is_given_up_does_not;
    access:
        tokens_and_sessions_are_kept_until_they_end,
        a_login_belongs_to_one_agent,
        the_first_value_of_a_secret_wins,
        the_newest_policy_is_known,
        webhooks_are_kept;
    history:
        an_import_is_unseen_until_it_is_finished,
        an_undone_import_leaves_nothing,
        history_is_read_back_page_by_page,
        a_finished_import_takes_no_more,
        what_was_read_is_kept_beside_the_conversation;
    opening:
        a_newer_schema_is_refused,
        a_store_is_healthy_until_its_database_is_gone;
    killed:
        a_writer_killed_twenty_times_loses_nothing_it_acknowledged;
}
