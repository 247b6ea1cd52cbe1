//! A farm without workers, asked in process.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use darkroom_orchestrator::app::create_app;
use darkroom_orchestrator::auth::Scope;
use darkroom_orchestrator::db::PgDb;
use darkroom_orchestrator::embedded::{self, Durability, EmbeddedError, EmbeddedPostgres};
use darkroom_orchestrator::serve::{Server, ServerSettings};
use darkroom_orchestrator::shipped::Shelf;
use http_body_util::BodyExt;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) struct House {
    pub(crate) server: Server,
    app: Router,
    postgres: EmbeddedPostgres,
    _folder: TempDir,
}

impl House {
    /// Opens it, or says what is missing.
    pub(crate) async fn open() -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let postgres = match embedded::start(folder.path(), Durability::Fast).await {
            Ok(postgres) => postgres,
            Err(missing @ (EmbeddedError::NotInstalled | EmbeddedError::NoAccount)) => {
                return Err(missing.to_string());
            }
            Err(broken) => panic!("{broken}"),
        };
        let db = PgDb::new(postgres.options(), 8);
        db.migrate().await.unwrap();
        let settings = ServerSettings { shelf: Shelf::with_cameras(&[]), ..ServerSettings::default() };
        let server = Server::start(db, settings).await.unwrap();
        Ok(Self { app: create_app(server.state.clone()), server, postgres, _folder: folder })
    }

    /// A token with one scope.
    pub(crate) async fn token(&self, scope: Scope) -> String {
        let token = self.server.state.auth.create_token(scope.word(), &[scope], None).await.unwrap();
        token.secret.reveal().to_owned()
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// `GET` with a token.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Response<Body> {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn close(mut self) {
        let db = self.server.state.db.clone();
        self.server.stop().await;
        db.close().await;
        self.postgres.stop();
    }
}

/// The whole body as text.
pub(crate) async fn text(answer: Response<Body>) -> String {
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}
