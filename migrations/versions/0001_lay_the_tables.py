"""Lay the tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.execute(
        "INSERT INTO chain_head (id, number, hash) "
        "VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')"
    )
    op.create_table(
        "course_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_lists")),
        sa.UniqueConstraint("version", name=op.f("uq_course_lists_version")),
    )
    op.create_table(
        "employers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("registration", sa.String(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("provides_adult_social_care", sa.Boolean(), nullable=True),
        sa.Column("employs_care_staff_in_england", sa.Boolean(), nullable=True),
        sa.Column("workforce_data_updated_on", sa.Date(), nullable=True),
        sa.Column("registered_with_cqc", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "registration IN ('started', 'sent', 'registered', 'at-risk', 'refused')",
            name=op.f("ck_employers_registration_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
        sa.UniqueConstraint("workplace_id", name=op.f("uq_employers_workplace_id")),
    )
    op.create_table(
        "fund_openings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_fund_openings_fund_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_openings")),
        sa.UniqueConstraint("fund", "scheme_year", "from_on", name=op.f("uq_fund_openings_fund_scheme_year_from_on")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_job", ["job", "started_at"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("staff_role", sa.String(), nullable=True),
        sa.Column("authenticator_secret", sa.String(), nullable=True),
        sa.Column("authenticator_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "staff_role IN ('administrator', 'assessor', 'auditor', 'finance', 'lead-assessor')",
            name=op.f("ck_people_staff_role_known"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_about_hash_at", ["about_hash", "at"], unique=False)

    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_agreements_employer_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["people.id"], name=op.f("fk_agreements_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("employer_id", "scheme_year", name=op.f("uq_agreements_employer_id_scheme_year")),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("sort_code", sa.String(), nullable=False),
        sa.Column("account_number", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "verified_by_id IS NULL OR verified_by_id <> given_by_id",
            name=op.f("ck_bank_accounts_verified_by_another"),
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_bank_accounts_employer_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["people.id"], name=op.f("fk_bank_accounts_given_by_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["people.id"], name=op.f("fk_bank_accounts_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bank_accounts_current",
            ["employer_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "commitments",
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=False),
        sa.Column("cap_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("committed_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_commitments_fund_known")),
        sa.CheckConstraint("cap_pence IS NULL OR committed_pence <= cap_pence", name=op.f("ck_commitments_within_cap")),
        sa.CheckConstraint("committed_pence >= 0", name=op.f("ck_commitments_committed_pence_not_negative")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_commitments_employer_id")),
        sa.PrimaryKeyConstraint("employer_id", "fund", "scheme_year", name=op.f("pk_commitments")),
    )
    op.create_table(
        "course_list_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("awarding_organisation", sa.String(), nullable=False),
        sa.Column("learning_hours", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("funding_model", sa.String(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("max_reimbursement_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_from", sa.Date(), nullable=False),
        sa.Column("paid_to", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_course_list_entries_fund_known")),
        sa.CheckConstraint(
            "funding_model IN ('full', 'split')", name=op.f("ck_course_list_entries_funding_model_known")
        ),
        sa.CheckConstraint(
            "max_reimbursement_pence > 0", name=op.f("ck_course_list_entries_max_reimbursement_positive")
        ),
        sa.CheckConstraint("paid_from <= paid_to", name=op.f("ck_course_list_entries_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["course_list_id"], ["course_lists.id"], name=op.f("fk_course_list_entries_course_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_list_entries")),
        sa.UniqueConstraint(
            "course_list_id",
            "code",
            "paid_from",
            name=op.f("uq_course_list_entries_course_list_id_code_paid_from"),
        ),
    )
    with op.batch_alter_table("course_list_entries", schema=None) as batch_op:
        batch_op.create_index("ix_course_list_entries_list", ["course_list_id", "position"], unique=False)

    op.create_table(
        "events",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("note_hash", sa.String(), nullable=True),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_events_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_events_employer_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_events_hash")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_about", ["about_kind", "about_id", "number"], unique=False)
        batch_op.create_index("ix_events_employer_id", ["employer_id", "number"], unique=False)

    op.create_table(
        "form_tokens",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("led_to", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_form_tokens_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_form_tokens")),
    )
    op.create_table(
        "learners",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_hash", sa.String(), nullable=False),
        sa.Column("job_role", sa.String(), nullable=False),
        sa.Column("engagement", sa.String(), nullable=False),
        sa.Column("works_in_england", sa.Boolean(), nullable=False),
        sa.Column("post_requires_registration", sa.Boolean(), nullable=False),
        sa.Column("employed_from", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "engagement IN ('employee', 'bank', 'zero-hours', 'agency', 'personal-assistant', 'volunteer', 'self-employed')",
            name=op.f("ck_learners_engagement_known"),
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_learners_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learners")),
        sa.UniqueConstraint("employer_id", "number_hash", name=op.f("uq_learners_employer_id_number_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('sro', 'submitter')", name=op.f("ck_memberships_role_known")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_memberships_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("employer_id", "person_id", name=op.f("uq_memberships_employer_id_person_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(
            "ix_memberships_one_sro",
            ["employer_id"],
            unique=True,
            sqlite_where=sa.text("role = 'sro' AND left_at IS NULL"),
            postgresql_where=sa.text("role = 'sro' AND left_at IS NULL"),
        )
        batch_op.create_index("ix_memberships_person_id", ["person_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'leased') = (leased_until IS NOT NULL)", name=op.f("ck_messages_leased_until_when")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'sent', 'failed', 'dropped')", name=op.f("ck_messages_state_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "kind", "person_id", "about", "due_on", name=op.f("uq_messages_kind_person_id_about_due_on")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_messages_reference")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_letter"), ["letter"], unique=False)
        batch_op.create_index("ix_messages_person_id", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_messages_state", ["state", "due_on", "id"], unique=False)

    op.create_table(
        "payment_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_up_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('drawn-up', 'released', 'settled', 'cancelled')",
            name=op.f("ck_payment_runs_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('released', 'settled') OR released_by_id IS NOT NULL",
            name=op.f("ck_payment_runs_released_by_somebody"),
        ),
        sa.CheckConstraint(
            "released_by_id IS NULL OR released_by_id <> drawn_up_by_id",
            name=op.f("ck_payment_runs_released_by_another"),
        ),
        sa.ForeignKeyConstraint(["drawn_up_by_id"], ["people.id"], name=op.f("fk_payment_runs_drawn_up_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["people.id"], name=op.f("fk_payment_runs_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_runs")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_runs_reference")),
    )
    op.create_table(
        "purchases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_code", sa.String(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("invoice_reference", sa.String(), nullable=True),
        sa.Column("by_plan", sa.Boolean(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("second_payment_on", sa.Date(), nullable=True),
        sa.Column("cost_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("people_covered", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("other_funding_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("apprenticeship", sa.Boolean(), nullable=True),
        sa.Column("claimed_as", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("claimed_as IN ('full', 'split')", name=op.f("ck_purchases_claimed_as_known")),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_purchases_fund_known")),
        sa.CheckConstraint(
            "(holder_id IS NULL) = (held_until IS NULL)", name=op.f("ck_purchases_held_by_somebody_until")
        ),
        sa.CheckConstraint("cost_pence > 0", name=op.f("ck_purchases_cost_positive")),
        sa.CheckConstraint("other_funding_pence >= 0", name=op.f("ck_purchases_other_funding_not_negative")),
        sa.CheckConstraint("people_covered > 0", name=op.f("ck_purchases_people_covered_positive")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_purchases_employer_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_purchases_entered_by_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_purchases_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index("ix_purchases_employer_id", ["employer_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchases_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_sessions_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_in_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_codes")),
    )
    with op.batch_alter_table("sign_in_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_codes_person_id"), ["person_id"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("course_code", sa.String(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("last_day_on", sa.Date(), nullable=True),
        sa.Column("cost_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reimbursable_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entitlement_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payable_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("course_list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rules_version", sa.String(), nullable=True),
        sa.Column("as_submitted", sa.JSON(), nullable=True),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("changes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_claims_fund_known")),
        sa.CheckConstraint("part IN ('full', 'start', 'completion')", name=op.f("ck_claims_part_known")),
        sa.CheckConstraint(
            "state = 'draft' OR first_submitted_at IS NOT NULL", name=op.f("ck_claims_submitted_says_when")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'needs-action', 'approved', 'rejected', 'withdrawn', 'in-payment', 'paid', 'recovered')",
            name=op.f("ck_claims_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'in-payment', 'paid', 'recovered') OR payable_pence IS NOT NULL",
            name=op.f("ck_claims_approved_has_an_amount"),
        ),
        sa.CheckConstraint(
            "entitlement_pence >= 0 AND entitlement_pence <= reimbursable_pence",
            name=op.f("ck_claims_entitlement_in_range"),
        ),
        sa.CheckConstraint(
            "payable_pence >= 0 AND payable_pence <= entitlement_pence",
            name=op.f("ck_claims_payable_in_range"),
        ),
        sa.CheckConstraint("reimbursable_pence >= 0", name=op.f("ck_claims_reimbursable_not_negative")),
        sa.ForeignKeyConstraint(["course_list_id"], ["course_lists.id"], name=op.f("fk_claims_course_list_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_claims_decided_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_claims_employer_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_claims_entered_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learners.id"], name=op.f("fk_claims_learner_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_claims_purchase_id")),
        sa.ForeignKeyConstraint(["start_claim_id"], ["claims.id"], name=op.f("fk_claims_start_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("base", "part", name=op.f("uq_claims_base_part")),
        sa.UniqueConstraint("start_claim_id", name=op.f("uq_claims_start_claim_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index("ix_claims_employer_deadline", ["employer_id", "state", "last_day_on"], unique=False)
        batch_op.create_index("ix_claims_employer_id", ["employer_id", "id"], unique=False)
        batch_op.create_index("ix_claims_learner_id", ["learner_id"], unique=False)
        batch_op.create_index(
            "ix_claims_one_draft",
            ["purchase_id", "learner_id", "part"],
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )
        batch_op.create_index("ix_claims_purchase_id", ["purchase_id"], unique=False)
        batch_op.create_index("ix_claims_state", ["state", "submitted_at", "id"], unique=False)

    op.create_table(
        "event_notes",
        sa.Column("event_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_number"], ["events.number"], name=op.f("fk_event_notes_event_number")),
        sa.PrimaryKeyConstraint("event_number", name=op.f("pk_event_notes")),
    )
    op.create_table(
        "payment_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("cost_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_in_full", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence_hash", sa.String(), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'action-needed', 'reject')", name=op.f("ck_payment_checks_answer_known")),
        sa.CheckConstraint("cost_pence > 0", name=op.f("ck_payment_checks_cost_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_payment_checks_by_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_payment_checks_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_checks")),
        sa.UniqueConstraint("purchase_id", "version", name=op.f("uq_payment_checks_purchase_id_version")),
    )
    op.create_table(
        "run_workbooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_run_workbooks_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_workbooks")),
        sa.UniqueConstraint("run_id", "version", name=op.f("uq_run_workbooks_run_id_version")),
    )
    op.create_table(
        "action_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("about IN ('payment', 'completion')", name=op.f("ck_action_requests_about_known")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_action_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_action_requests_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_requests")),
    )
    with op.batch_alter_table("action_requests", schema=None) as batch_op:
        batch_op.create_index("ix_action_requests_claim_id", ["claim_id"], unique=False)

    op.create_table(
        "completion_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer IN ('yes', 'action-needed', 'reject')", name=op.f("ck_completion_checks_answer_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_completion_checks_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_completion_checks_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_checks")),
        sa.UniqueConstraint("claim_id", "version", name=op.f("uq_completion_checks_claim_id_version")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'certificate') = (claim_id IS NOT NULL)",
            name=op.f("ck_evidence_certificate_has_a_claim"),
        ),
        sa.CheckConstraint("kind IN ('payment', 'certificate')", name=op.f("ck_evidence_kind_known")),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_evidence_claim_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_evidence_employer_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_evidence_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_claim_id", ["claim_id"], unique=False)
        batch_op.create_index("ix_evidence_employer_id", ["employer_id"], unique=False)
        batch_op.create_index("ix_evidence_purchase_id", ["purchase_id"], unique=False)

    op.create_table(
        "payment_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('live', 'removed', 'failed', 'paid')", name=op.f("ck_payment_lines_state_known")),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_payment_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_accounts.id"], name=op.f("fk_payment_lines_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_payment_lines_claim_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_payment_lines_employer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_payment_lines_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
    )
    with op.batch_alter_table("payment_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payment_lines_one_live",
            ["claim_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('live', 'paid')"),
            postgresql_where=sa.text("state IN ('live', 'paid')"),
        )
        batch_op.create_index("ix_payment_lines_run_id", ["run_id", "id"], unique=False)

    op.create_table(
        "slots",
        sa.Column("number_hash", sa.String(), nullable=False),
        sa.Column("course_code", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("slot IN ('start', 'completion')", name=op.f("ck_slots_slot_known")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_slots_claim_id")),
        sa.PrimaryKeyConstraint("number_hash", "course_code", "slot", name=op.f("pk_slots")),
    )
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.create_index("ix_slots_claim_id", ["claim_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.drop_index("ix_slots_claim_id")

    op.drop_table("slots")
    with op.batch_alter_table("payment_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_lines_run_id")
        batch_op.drop_index(
            "ix_payment_lines_one_live",
            sqlite_where=sa.text("state IN ('live', 'paid')"),
            postgresql_where=sa.text("state IN ('live', 'paid')"),
        )

    op.drop_table("payment_lines")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_purchase_id")
        batch_op.drop_index("ix_evidence_employer_id")
        batch_op.drop_index("ix_evidence_claim_id")

    op.drop_table("evidence")
    op.drop_table("completion_checks")
    with op.batch_alter_table("action_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_action_requests_claim_id")

    op.drop_table("action_requests")
    op.drop_table("run_workbooks")
    op.drop_table("payment_checks")
    op.drop_table("event_notes")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index("ix_claims_state")
        batch_op.drop_index("ix_claims_purchase_id")
        batch_op.drop_index(
            "ix_claims_one_draft",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )
        batch_op.drop_index("ix_claims_learner_id")
        batch_op.drop_index("ix_claims_employer_id")
        batch_op.drop_index("ix_claims_employer_deadline")

    op.drop_table("claims")
    with op.batch_alter_table("sign_in_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_codes_person_id"))

    op.drop_table("sign_in_codes")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_person_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchases_holder_id"))
        batch_op.drop_index("ix_purchases_employer_id")

    op.drop_table("purchases")
    op.drop_table("payment_runs")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_state")
        batch_op.drop_index("ix_messages_person_id")
        batch_op.drop_index(batch_op.f("ix_messages_letter"))

    op.drop_table("messages")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("ix_memberships_person_id")
        batch_op.drop_index(
            "ix_memberships_one_sro",
            sqlite_where=sa.text("role = 'sro' AND left_at IS NULL"),
            postgresql_where=sa.text("role = 'sro' AND left_at IS NULL"),
        )

    op.drop_table("memberships")
    op.drop_table("learners")
    op.drop_table("form_tokens")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_employer_id")
        batch_op.drop_index("ix_events_about")

    op.drop_table("events")
    with op.batch_alter_table("course_list_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_course_list_entries_list")

    op.drop_table("course_list_entries")
    op.drop_table("commitments")
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bank_accounts_current",
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.drop_table("bank_accounts")
    op.drop_table("agreements")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_about_hash_at")

    op.drop_table("sign_in_attempts")
    op.drop_table("people")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_job_runs_job")

    op.drop_table("job_runs")
    op.drop_table("heartbeats")
    op.drop_table("fund_openings")
    op.drop_table("employers")
    op.drop_table("course_lists")
    op.drop_table("chain_head")
