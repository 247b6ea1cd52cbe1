-- What a farm ships itself: ROM sets with the open firmware. A set stays as it is when the program brings a newer one,
-- because jobs were run on it.
alter table rom_set
    add column open_firmware text,             -- version of the camera's firmware that it stands for; null: an uploaded set
    add column source        bytea,            -- digest of what the set was made from
    add column shipped_at    timestamptz,      -- when a farm last brought it; the latest one is in force
    add check ((open_firmware is null) = (source is null) and (open_firmware is null) = (shipped_at is null));
create index rom_set_shipped on rom_set (camera, open_firmware, shipped_at desc) where open_firmware is not null;
