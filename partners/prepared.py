"""Queries that are made once: making one takes Django longer than it takes the database to answer it."""

from operator import itemgetter

from django.core.exceptions import EmptyResultSet
from django.db import connection


class Prepared:
    """The `columns` of `queryset`, plain numbers and texts; read anew each time one goes through them."""

    def __init__(self, queryset, *columns):
        self.columns = columns
        try:
            self.statement = queryset.values_list(*columns).query.sql_with_params()
        except EmptyResultSet:  # nothing can ever be in it
            self.statement = None

    def __iter__(self):
        if not self.statement:
            return iter(())
        with connection.cursor() as cursor:
            cursor.execute(*self.statement)
            # Django has them in any order.
            selected = [name for name, *_rest in cursor.description]
            in_order = itemgetter(*map(selected.index, self.columns))
            return map(in_order, cursor.fetchall())
