//! preview: the pages over invented figures, on loopback: `cargo run -p beleidsinfo-dashboards --features preview --example preview [PORT] [public|empty]`.

use beleidsinfo_dashboards::sample::{self, Sample};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().and_then(|p| p.parse().ok()).unwrap_or(8088);
    let mode = args.next().unwrap_or_default();
    let sample = if mode == "empty" {
        Sample::empty()
    } else {
        Sample::new()
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://127.0.0.1:{port}/");
    axum::serve(listener, sample::router(sample, mode == "public")).await
}
