//! Blobs and their shared chunks.

use super::{DbResult, PgDb, digest_of, signed, unsigned};
use darkroom_protocol::Digest;
use sqlx::{PgConnection, Row};
use std::collections::HashSet;

impl PgDb {
    /// Which of these chunks are stored already.
    pub async fn known_chunks(&self, digests: &[Digest]) -> DbResult<HashSet<Digest>> {
        let rows = sqlx::query("select digest from chunk where digest = any($1)")
            .bind(columns(digests))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(|row| digest_of("chunk", row.get(0))).collect()
    }

    /// Stores chunks; those that another call stored meanwhile are left alone.
    pub async fn insert_chunks(&self, chunks: &[(Digest, &[u8])]) -> DbResult<()> {
        if chunks.is_empty() {
            return Ok(());
        }
        // One order for everybody: two uploads of the same new chunks wait for each other and never deadlock.
        let mut chunks = chunks.to_vec();
        chunks.sort_unstable_by_key(|(digest, _)| *digest);
        let (digests, bytes): (Vec<_>, Vec<_>) = chunks.into_iter().unzip();
        sqlx::query(
            "insert into chunk (digest, bytes) select * from unnest($1::bytea[], $2::bytea[])
             on conflict do nothing",
        )
        .bind(columns(&digests))
        .bind(bytes)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Makes the blob `digest` of stored chunks; one that exists already is left as it is.
    pub async fn insert_blob(&self, digest: Digest, size: u64, chunks: &[Digest]) -> DbResult<()> {
        let mut tx = self.begin().await?;
        let new = sqlx::query("insert into blob (digest, size) values ($1, $2) on conflict do nothing")
            .bind(&digest.0[..])
            .bind(signed(size))
            .execute(&mut *tx)
            .await?;
        if new.rows_affected() == 1 {
            insert_chunk_list(&mut tx, digest, chunks).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Size of a blob, if it is stored.
    pub async fn blob_size(&self, digest: Digest) -> DbResult<Option<u64>> {
        let size: Option<i64> = sqlx::query_scalar("select size from blob where digest = $1")
            .bind(&digest.0[..])
            .fetch_optional(self.pool())
            .await?;
        Ok(size.map(unsigned))
    }

    /// Up to `count` chunks of a blob, from the `first` on.
    pub async fn blob_chunks(&self, digest: Digest, first: u32, count: u32) -> DbResult<Vec<Vec<u8>>> {
        let rows = sqlx::query_scalar(
            "select c.bytes from blob_chunk b join chunk c on c.digest = b.digest
             where b.blob = $1 and b.seq >= $2 order by b.seq limit $3",
        );
        let rows = rows.bind(&digest.0[..]).bind(i64::from(first)).bind(i64::from(count));
        Ok(rows.fetch_all(self.pool()).await?)
    }

    /// Whether the blob is a file of an uploaded ROM set, which only its owners may read. What the farm ships is no secret:
    /// builds copy it to the card, and people want to see that file.
    pub async fn is_rom(&self, digest: Digest) -> DbResult<bool> {
        let found = sqlx::query_scalar(
            "select exists (select from rom_file f join rom_set s on s.id = f.rom_set
                            where f.blob = $1 and s.open_firmware is null)",
        );
        Ok(found.bind(&digest.0[..]).fetch_one(self.pool()).await?)
    }
}

async fn insert_chunk_list(conn: &mut PgConnection, blob: Digest, chunks: &[Digest]) -> DbResult<()> {
    sqlx::query(
        "insert into blob_chunk (blob, seq, digest)
         select $1, ord - 1, d from unnest($2::bytea[]) with ordinality as list (d, ord)",
    )
    .bind(&blob.0[..])
    .bind(columns(chunks))
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these blobs are not stored.
pub(super) async fn missing_blobs(conn: &mut PgConnection, digests: &[Digest]) -> DbResult<Vec<Digest>> {
    let rows = sqlx::query(
        "select d from unnest($1::bytea[]) as list (d) where not exists (select from blob where digest = d)",
    )
    .bind(columns(digests))
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| digest_of("blob", row.get(0))).collect()
}

fn columns(digests: &[Digest]) -> Vec<&[u8]> {
    digests.iter().map(|digest| &digest.0[..]).collect()
}
