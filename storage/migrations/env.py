"""What Alembic runs for a command, on a connection of storage.upgrade whose transaction has begun."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # it cannot alter a column in place
    transactional_ddl=True,  # SQLite undoes tables too, as long as the driver does not begin by itself
)
with context.begin_transaction():
    context.run_migrations()
