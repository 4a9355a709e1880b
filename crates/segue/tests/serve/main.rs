//! At stake: what people and programs see of a running server. Checked through the real router
//! over HTTP and sockets, on a real `SQLite` and a real `PostgreSQL`.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod audit;
mod disk;
mod doctor;
mod errors;
mod full;
mod idempotency;
mod kill;
mod limits;
mod live;
mod lost;
mod outside;
mod policy;
mod races;
mod replays;
mod rights;
mod start;
mod walk;

segue_store::on_both! {
    access:
        whoever_has_left_the_team_gets_in_by_no_door,
        a_session_never_outlives_the_token_it_was_begun_with,
        an_agent_added_again_under_one_key_is_the_same_agent,
        two_who_ask_for_one_address_at_once_leave_one_agent,
        an_address_without_a_password_is_refused_by_name,
        a_key_under_which_another_token_was_made_is_refused,
        a_customer_cannot_choose_whom_a_handoff_goes_to_or_what_is_told_of_it,
        values_that_mean_nothing_are_refused_by_name;
    audit:
        a_lead_reads_the_audit_and_nobody_else_does;
    doctor:
        a_doctored_database_is_found_named_and_mended;
    errors:
        what_cannot_be_read_is_refused_by_name,
        what_is_not_there_is_not_found,
        who_may_not_is_told_so,
        a_policy_with_an_error_is_not_published_and_every_finding_has_its_place,
        logins_are_slowed_down_and_tell_nobody_which_half_was_wrong,
        another_sites_page_cannot_use_a_login;
    idempotency:
        the_same_key_gives_the_same_answer_also_after_a_restart,
        a_key_under_which_something_else_was_said_is_refused,
        twenty_at_once_under_one_key_have_one_effect,
        a_token_made_under_a_key_is_the_same_when_asked_again;
    limits:
        tokens_are_listed_without_their_secret_and_revoked,
        a_customers_socket_reads_back_nothing_but_their_own;
    live:
        a_socket_that_comes_back_gets_what_it_missed_once_and_in_order,
        a_customers_socket_hears_nothing_of_others,
        a_socket_without_a_token_is_closed_with_4001,
        when_the_server_stops_sockets_are_told_so,
        an_offer_reaches_the_agents_socket_and_their_leaving_moves_it_on,
        a_console_that_falls_silent_is_offline_within_its_lease_and_back_when_heard,
        two_tabs_of_one_agent_are_one_console,
        a_reader_that_does_not_read_is_cut_off_and_others_are_not,
        the_event_stream_goes_on_after_a_position;
    outside:
        a_bot_outside_hears_of_a_question_and_answers_it,
        who_wants_a_call_says_where_and_the_agent_reads_it;
    policy:
        a_policy_with_a_failing_test_is_not_published,
        two_leads_do_not_publish_over_one_another,
        every_version_is_kept_compared_and_restored,
        an_editor_gets_findings_names_and_a_vocabulary,
        a_policy_of_ten_thousand_lines_is_taken;
    races:
        of_fifty_agents_who_claim_at_once_exactly_one_wins,
        a_reply_in_flight_when_a_person_takes_over_is_refused_and_never_shown;
    replays:
        a_lead_tries_a_policy_on_the_desks_own_past,
        a_replay_is_refused_to_agents_and_for_a_policy_with_errors,
        the_same_key_asks_once,
        a_handoff_is_explained_with_the_customers_words_until_they_are_erased,
        what_was_lived_is_explained_and_verified_from_the_command_line;
    rights:
        one_customer_cannot_see_or_touch_anothers_conversation,
        a_customer_never_reads_what_is_for_the_team,
        a_widget_cannot_raise_its_own_tier,
        an_agent_cannot_end_what_another_has;
    start:
        a_database_of_a_newer_segue_is_refused;
    walk:
        a_conversation_walks_from_the_assistant_to_a_person_and_ends,
        an_agent_gives_a_conversation_back_and_the_assistant_goes_on,
        a_customer_who_writes_after_the_end_opens_the_conversation_again;
}
