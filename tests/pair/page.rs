//! A second engine on the backend of a pair, on a line without latency: the other person.

use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{FrameRequest, FrameView};
use gnomon::engine::{Engine, Input, Output};
use gnomon_backend::broker::ConnectionId;
use gnomon_backend::things::Principal;

use super::line::Pair;

pub(crate) struct Page {
    engine: Engine,
    connection: Option<ConnectionId>,
}

impl Page {
    pub(crate) fn connect(pair: &mut Pair, client_id: &str) -> Self {
        let mut page = Self {
            engine: Engine::new(7, pair.now()),
            connection: None,
        };
        let request = ConnectRequest {
            client_id: client_id.to_owned(),
            ..ConnectRequest::to("ws://127.0.0.1:8083/mqtt")
        };
        page.command(pair, Command::Connect(request));
        page
    }

    pub(crate) fn command(&mut self, pair: &mut Pair, command: Command) {
        self.engine.handle(Input::Command(command), pair.now());
        self.pump(pair);
    }

    pub(crate) fn frame(&mut self, pair: &mut Pair) -> FrameView {
        self.pump(pair);
        let request = FrameRequest {
            fresh: true,
            ..FrameRequest::default()
        };
        self.engine.frame(&request, pair.now()).view
    }

    /// Passes on everything that either end has to say by now.
    pub(crate) fn pump(&mut self, pair: &mut Pair) {
        let now = pair.now();
        self.engine.handle(Input::Timeout, now);
        loop {
            let mut silent = true;
            while let Some(output) = self.engine.poll_output(true) {
                silent = false;
                self.put_out(pair, output);
            }
            let ours = |(id, _): &mut (ConnectionId, _)| Some(*id) == self.connection;
            let heard: Vec<_> = pair.heard.extract_if(.., ours).collect();
            for (_, bytes) in heard {
                silent = false;
                self.engine.handle(Input::Chunk(bytes), now);
            }
            if silent {
                return;
            }
        }
    }

    fn put_out(&mut self, pair: &mut Pair, output: Output) {
        let now = pair.now();
        match (output, self.connection) {
            (Output::Open { .. }, _) => {
                let connection = pair.backend.connect(Principal::Anonymous, now);
                pair.watched.push(connection);
                self.connection = Some(connection);
                self.engine.handle(Input::SocketOpened, now);
            }
            (Output::Send(bytes), Some(connection)) => {
                pair.backend.handle_bytes(connection, bytes, now);
                pair.pump();
            }
            _ => {}
        }
    }
}
