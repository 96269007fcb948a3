//! serve: the dashboards, on this machine; elsewhere only what is published.

use std::net::SocketAddr;
use std::sync::Arc;

use beleidsinfo_dashboards::Serve;
use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::principal::Principal;
use tokio::sync::watch;

use crate::cli::ServeArgs;
use crate::context::At;
use crate::report::{Outcome, Problems};
use crate::schedule;

pub async fn run(at: &At, args: ServeArgs) -> Result<Outcome, Problems> {
    if !args.listen.is_loopback() && !args.public {
        return Err(Error::refused(format!("cannot serve on {}: there are no accounts yet, so nothing internal leaves this machine", args.listen))
            .hint("add --public to serve only what is published, or leave --listen out")
            .into());
    }
    let gateway = Arc::new(at.gateway().await?);
    let address = SocketAddr::new(args.listen, args.port);
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|e| {
        Error::storage(format!("cannot listen on {address}"))
            .because(e)
            .hint("another program has this port: choose one with --port, or 0 for a free one")
    })?;
    let bound = listener.local_addr()?;
    println!("http://{bound}/");
    if args.public {
        eprintln!(
            "   serve only what is published: boards and proofs stay on this machine until accounts exist"
        );
    }
    eprintln!("   serve http://{bound}/ — Ctrl-C stops");
    let (told, planned) = watch::channel(Arc::default());
    let serve = Serve {
        gateway,
        principal: Principal::local(),
        public_only: args.public,
        planned,
    };
    let (stop, stopping) = watch::channel(false);
    let schedule = (!args.no_schedule).then(|| {
        let at = At {
            project: at.project.clone(),
            trigger: at.trigger,
        };
        tokio::spawn(schedule::keep(at, told, stopping))
    });
    beleidsinfo_dashboards::run(listener, serve, stopped()).await?;
    stop.send_replace(true);
    if let Some(schedule) = schedule {
        // It ends what it started, and has nothing to tell.
        let _ = schedule.await;
    }
    eprintln!("   serve stopped");
    Ok(Outcome::Done)
}

async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
