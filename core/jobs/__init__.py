"""Long work that outlives a page: a queue on disk, and one worker process that runs the jobs in it.

A job has a kind (``kinds``: a plain function by name), a specification in JSON and a folder of its own, which holds its
state and its log. Pages submit jobs, list them and leave requests through ``queue``.
"""
