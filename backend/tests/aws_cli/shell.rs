//! A user's shell: a folder, no settings, keys that nobody checks unless they are told to.

use std::path::PathBuf;

use serde_json::Value;
use tokio::process::Command;

use crate::aws;
use crate::folder::fresh;
use crate::program::Program;

pub(crate) struct Shell {
    pub(crate) program: Program,
    folder: PathBuf,
    /// What its user believes to be the secret of AKIDEXAMPLE.
    secret: &'static str,
}

pub(crate) struct Output {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Shell {
    pub(crate) async fn open(name: &str) -> Self {
        let folder = fresh(name);
        let program = Program::start(&folder, &[]).await;
        let secret = "no-secret";
        Self {
            program,
            folder,
            secret,
        }
    }

    /// One whose calls must be signed with `expected`.
    pub(crate) async fn open_signed(name: &str, expected: &str, secret: &'static str) -> Self {
        let folder = fresh(name);
        let keys = format!("# for tests\nAKIDEXAMPLE {expected}\n");
        std::fs::write(folder.join("keys"), keys).unwrap();
        let program = Program::start(&folder, &["--sigv4-keys", "keys"]).await;
        Self {
            program,
            folder,
            secret,
        }
    }

    /// From now on its user believes this.
    pub(crate) fn believe(&mut self, secret: &'static str) {
        self.secret = secret;
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.join(file), text).unwrap();
    }

    /// Runs what somebody may type.
    pub(crate) async fn sh(&self, script: &str) -> Output {
        let mut command = Command::new("sh");
        command.args(["-e", "-c", script]);
        self.run(command).await
    }

    /// Runs `aws iot-data` with these words.
    async fn aws(&self, words: &[&str]) -> Output {
        let mut command = Command::new(aws::program());
        command.arg("iot-data").args(words);
        self.run(command).await
    }

    async fn run(&self, mut command: Command) -> Output {
        let endpoint = format!("http://{}", self.program.http);
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", aws::path())
            .env("LANG", "C.UTF-8")
            .env("HOME", &self.folder)
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", self.secret)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .kill_on_drop(true);
        let output = tokio::time::timeout(aws::PATIENCE, command.output()).await;
        let output = output.unwrap().unwrap_or_else(|error| {
            panic!("{command:?}: {error}; `cargo xtask setup` installs it")
        });
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Output {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// A command that writes the answer into a file. Returns the answer.
    pub(crate) async fn answer(&self, words: &[&str]) -> Value {
        let output = self.aws(&[words, &["outfile.json"]].concat()).await;
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
        assert_eq!(output.stdout, "");
        let file = std::fs::read(self.folder.join("outfile.json"));
        serde_json::from_slice(&file.unwrap()).unwrap()
    }

    /// A command that prints the answer.
    pub(crate) async fn printed(&self, words: &[&str]) -> Value {
        self.aws(words).await.json()
    }

    pub(crate) async fn refused(&self, words: &[&str], message: &str) {
        self.aws(words).await.expect_error(message);
    }

    pub(crate) async fn update(&self, thing: &str, payload: &str) -> Value {
        let words = ["update-thing-shadow", "--thing-name", thing];
        self.answer(&[&words[..], &["--payload", payload]].concat())
            .await
    }
}

impl Output {
    pub(crate) fn text(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        &self.stdout
    }

    /// Null where nothing was printed.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or(Value::Null)
    }

    pub(crate) fn expect_error(&self, message: &str) {
        assert_eq!(self.error(), message);
    }

    /// What was said when the command failed.
    pub(crate) fn error(&self) -> &str {
        assert_eq!(self.code, Some(255));
        self.stderr.trim()
    }
}
