"""Named parameters that many statements share; their names may not be those of columns being set."""

from datetime import datetime

from sqlalchemy import BindParameter, bindparam

of_workspace: BindParameter[str] = bindparam("of_workspace")
of_event: BindParameter[str] = bindparam("of_event")
of_person: BindParameter[str] = bindparam("of_person")
of_session: BindParameter[str] = bindparam("of_session")
at_now: BindParameter[datetime] = bindparam("now")
