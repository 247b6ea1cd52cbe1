//! The worker image: one static binary and nothing else.

use super::FleetError;
use bollard::Docker;
use bollard::query_parameters::CreateImageOptionsBuilder;
use bytes::Bytes;
use darkroom_protocol::Digest;
use futures_util::TryStreamExt;
use std::path::Path;

const REPOSITORY: &str = "darkroom-worker";
/// Name of the binary in the image.
const PROGRAM: &str = "darkroom-worker";

/// The image of that binary, named by its content; made when the engine does not have it.
pub(super) async fn ensure(docker: &Docker, binary: &Path) -> Result<String, FleetError> {
    let bad = |reason: String| FleetError::Binary { path: binary.to_owned(), reason };
    let program = tokio::fs::read(binary).await.map_err(|error| bad(error.to_string()))?;
    if !is_static_elf(&program) {
        return Err(bad(
            "not a statically linked Linux program: it would not start in an empty image".to_owned()
        ));
    }
    let layer = layer(&program).map_err(|error| bad(error.to_string()))?;
    let tag = Digest::of(&layer).to_string()[..16].to_owned();
    let name = format!("{REPOSITORY}:{tag}");
    if docker.inspect_image(&name).await.is_err() {
        import(docker, &tag, layer).await?;
    }
    Ok(name)
}

async fn import(docker: &Docker, tag: &str, layer: Vec<u8>) -> Result<(), FleetError> {
    let changes = vec![format!("ENTRYPOINT [\"/{PROGRAM}\"]"), "USER 65532:65532".to_owned()];
    let options =
        CreateImageOptionsBuilder::default().from_src("-").repo(REPOSITORY).tag(tag).changes(changes);
    let body = bollard::body_full(Bytes::from(layer));
    docker.create_image(Some(options.build()), Some(body), None).try_for_each(|_| async { Ok(()) }).await?;
    Ok(())
}

/// The image's only layer; the same binary gives the same bytes.
fn layer(program: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(program.len() as u64);
    header.set_mode(0o555);
    header.set_mtime(0);
    archive.append_data(&mut header, PROGRAM, program)?;
    let mut scratch = tar::Header::new_ustar();
    scratch.set_entry_type(tar::EntryType::Directory);
    scratch.set_size(0);
    scratch.set_mode(0o1777);
    scratch.set_mtime(0);
    archive.append_data(&mut scratch, "tmp/", std::io::empty())?;
    archive.into_inner()
}

/// Whether an ELF program asks for no interpreter (program header type 3).
fn is_static_elf(program: &[u8]) -> bool {
    let u16_at = |at: usize| Some(u16::from_le_bytes(program.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |at: usize| Some(u32::from_le_bytes(program.get(at..at + 4)?.try_into().ok()?));
    let u64_at = |at: usize| Some(u64::from_le_bytes(program.get(at..at + 8)?.try_into().ok()?));
    let is_64_bit_elf = program.starts_with(b"\x7fELF\x02\x01");
    let (Some(table), Some(size), Some(count)) = (u64_at(32), u16_at(54), u16_at(56)) else { return false };
    let mut types = (0..usize::from(count)).map(|index| {
        let table = usize::try_from(table).ok()?;
        u32_at(table.checked_add(index * usize::from(size))?)
    });
    const INTERPRETER: u32 = 3;
    is_64_bit_elf && !types.any(|kind| kind.is_none_or(|kind| kind == INTERPRETER))
}
