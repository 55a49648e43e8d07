//! Redis behind a load balancer that closes or forgets connections.

use super::*;

/// The behaviour of a load balancer towards open connections.
#[derive(Clone, Copy, PartialEq)]
enum Balancer {
    PassesOn,
    /// Closes the connection at the next bytes, as after an idle timeout.
    Resets,
    /// Accepts all bytes and forwards none, as after it forgot the connection.
    Swallows,
    /// Forwards a script and closes before its answer.
    CutsAfterScript,
}

/// A load balancer between the limiter and Redis. The behaviour that is sent applies to open
/// connections; later connections forward everything. The balancer records the traffic.
async fn balancer(target: String) -> (String, tokio::sync::watch::Sender<Balancer>, Arc<std::sync::Mutex<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let (sender, told) = tokio::sync::watch::channel(Balancer::PassesOn);
    let (sent, noted) = (Arc::new(std::sync::Mutex::new(String::new())), sender.clone());
    let log = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A new connection forwards everything.
            noted.send_replace(Balancer::PassesOn);
            let (mut told, log) = (told.clone(), Arc::clone(&log));
            told.mark_unchanged();
            let redis = tokio::net::TcpStream::connect(&target).await.unwrap();
            tokio::spawn(async move {
                let ((mut from_client, mut to_client), (mut from_redis, mut to_redis)) =
                    (client.into_split(), redis.into_split());
                let (mut up, mut down, mut way) = ([0; 4096], [0; 4096], Balancer::PassesOn);
                loop {
                    tokio::select! {
                        biased;
                        changed = told.changed() => {
                            let next = *told.borrow_and_update();
                            if changed.is_ok() && next != Balancer::PassesOn { way = next }
                        }
                        read = from_client.read(&mut up) => {
                            let Ok(length @ 1..) = read else { return };
                            if way == Balancer::Resets { return }
                            if way == Balancer::Swallows { continue }
                            let sent = String::from_utf8_lossy(&up[..length]);
                            log.lock().unwrap().push_str(&sent);
                            to_redis.write_all(&up[..length]).await.unwrap();
                            if way == Balancer::CutsAfterScript && sent.contains("EVAL") {
                                // The answer shows that Redis has run the script.
                                let _ = from_redis.read(&mut down).await;
                                return;
                            }
                        }
                        read = from_redis.read(&mut down) => {
                            let Ok(length @ 1..) = read else { return };
                            if to_client.write_all(&down[..length]).await.is_err() { return }
                        }
                    }
                }
            });
        }
    });
    (url, sender, sent)
}

/// Longer than a connection is trusted after an answer.
pub(super) async fn idle() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[tokio::test]
async fn a_load_balancer_that_drops_idle_connections_costs_one_round_trip() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (url, way, sent) = balancer(redis.url.trim_start_matches("redis://").trim_end_matches('/').to_owned()).await;
    let limiter = limiter(&url);
    let mut expected = 1000;
    for trouble in [Balancer::PassesOn, Balancer::Resets, Balancer::PassesOn, Balancer::Swallows, Balancer::PassesOn] {
        idle().await;
        way.send_replace(trouble);
        sent.lock().unwrap().clear();
        expected -= 1;
        assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(expected));
        let commands = sent.lock().unwrap().clone();
        if trouble == Balancer::PassesOn && expected < 999 {
            assert_eq!((commands.matches("PING").count(), commands.matches("EVALSHA").count()), (1, 1), "{commands}");
            assert_eq!(commands.matches('*').count(), 2, "{commands}");
        }
    }
}

#[tokio::test]
async fn a_script_whose_answer_was_truncated_is_not_repeated() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (url, way, sent) = balancer(redis.url.trim_start_matches("redis://").trim_end_matches('/').to_owned()).await;
    let limiter = limiter(&url);
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(999));
    way.send_replace(Balancer::CutsAfterScript);
    sent.lock().unwrap().clear();
    assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));
    assert_eq!(sent.lock().unwrap().matches("EVAL").count(), 1);
    // The call has counted once.
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(997));
}
