-- What a build says of itself, found at upload.
alter table build_platform
    add column evidence text,                          -- where it says which camera it is for: a file in it, or its name
    add column warnings text[] not null default '{}';  -- what will be wrong with a run of it
