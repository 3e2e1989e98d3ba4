//! Messages about users: sshd, sudo, su, PAM, cron, and the programs that change users and groups.
//! Specification: the messages themselves; fields as in
//! <https://www.elastic.co/guide/en/beats/filebeat/current/filebeat-module-system.html> (`system.auth.*`).
//!
//! Whoever tries to log in chooses the name, also one that looks like an address: addresses are read from the end.

use memchr::{memchr, memmem};

use crate::schema::{Kind, Record, Value};

use super::super::access::looks_like_address;
use super::{set_host, set_number, set_text};

/// The columns that these messages fill, which stand together in a record.
pub(super) const COLUMNS: [(&str, Kind); 23] = [
    ("event.action", Kind::Keyword),
    ("event.outcome", Kind::Keyword),
    ("source.ip", Kind::Ip),
    ("source.domain", Kind::Keyword),
    ("source.port", Kind::Integer),
    ("user.name", Kind::Keyword),
    ("user.id", Kind::Keyword),
    ("user.effective.name", Kind::Keyword),
    ("group.name", Kind::Keyword),
    ("group.id", Kind::Keyword),
    ("process.command_line", Kind::Keyword),
    ("system.auth.ssh.event", Kind::Keyword),
    ("system.auth.ssh.method", Kind::Keyword),
    ("system.auth.ssh.signature", Kind::Keyword),
    ("system.auth.ssh.dropped_ip", Kind::Ip),
    ("system.auth.sudo.error", Kind::Keyword),
    ("system.auth.sudo.tty", Kind::Keyword),
    ("system.auth.sudo.pwd", Kind::Keyword),
    ("system.auth.sudo.user", Kind::Keyword),
    ("system.auth.sudo.command", Kind::Keyword),
    ("system.auth.useradd.home", Kind::Keyword),
    ("system.auth.useradd.shell", Kind::Keyword),
    ("system.auth.pam.service", Kind::Keyword),
];

/// The places of the columns, counted from the first.
#[derive(Clone, Copy)]
enum Col {
    Action,
    Outcome,
    Ip,
    Name,
    Port,
    User,
    UserId,
    EffectiveUser,
    Group,
    GroupId,
    CommandLine,
    SshEvent,
    SshMethod,
    SshSignature,
    SshDropped,
    SudoError,
    SudoTty,
    SudoPwd,
    SudoUser,
    SudoCommand,
    Home,
    Shell,
    PamService,
}

/// Fills the columns from a program's message; what is not about a user stays null. The first column is at `first`.
pub(super) fn fill<'a>(program: &[u8], message: &'a [u8], record: &mut Record<'a>, first: usize) {
    let mut row = Row { record, first };
    let name = program.rsplit(|b| *b == b'/').next().unwrap_or(program);
    // `message repeated 2 times: [ Failed password …]`.
    let repeated =
        message.strip_prefix(b"message repeated ").and_then(|rest| rest.get(memmem::find(rest, b": [ ")? + 4..));
    let message = repeated.map_or(message, |inner| inner.strip_suffix(b"]").unwrap_or(inner));
    if let Some(rest) = message.strip_prefix(b"pam_") {
        return row.pam(rest);
    }
    match name {
        b"sshd" | b"sshd-session" | b"dropbear" => row.ssh(message),
        b"sudo" => row.sudo(message),
        b"su" => row.su(message),
        b"useradd" | b"groupadd" | b"usermod" | b"userdel" | b"groupdel" | b"passwd" | b"chpasswd" => {
            row.account(name, message);
        }
        b"cron" | b"CRON" | b"crond" | b"CROND" | b"crontab" => row.cron(message),
        b"systemd-logind" | b"systemd" => row.session(message),
        _ => {}
    }
}

/// A record, and where the columns begin.
struct Row<'a, 'r> {
    record: &'r mut Record<'a>,
    first: usize,
}

impl<'a> Row<'a, '_> {
    fn set(&mut self, column: Col, text: &'a [u8]) {
        set_text(self.record, self.first + column as usize, text);
    }

    fn host(&mut self, host: &'a [u8]) {
        set_host(self.record, (self.first + Col::Ip as usize, self.first + Col::Name as usize), host);
    }

    fn is_set(&self, column: Col) -> bool {
        self.record.values.get(self.first + column as usize).is_some_and(|value| *value != Value::Null)
    }

    /// sshd's messages.
    fn ssh(&mut self, message: &'a [u8]) {
        let (event, rest) = word(message);
        match event {
            b"Accepted" | b"Failed" | b"Postponed" | b"Partial" => self.login(event, rest),
            b"Invalid" | b"Illegal" if rest.starts_with(b"user ") => {
                self.set(Col::SshEvent, event);
                self.set(Col::Action, b"ssh_login");
                self.set(Col::Outcome, b"failure");
                self.from(rest.get(5..).unwrap_or_default());
            }
            b"Did" if rest.starts_with(b"not receive identification string from ") => {
                self.peer(rest);
                let at = memmem::rfind(rest, b" from ").map_or(0, |at| at + 6);
                self.set(Col::SshDropped, word(rest.get(at..).unwrap_or_default()).0);
            }
            b"error:" if memmem::find(rest, b" for illegal user ").is_some() => {
                let at = memmem::find(message, b" user ").map_or(0, |at| at + 6);
                let end = memmem::find(message, b" user ").and(memmem::find(message, b" illegal user "));
                self.set(Col::SshEvent, message.get(..end.map_or(0, |at| at + 8)).unwrap_or_default());
                let at = end.map_or(at, |end| end + 14);
                self.from(message.get(at..).unwrap_or_default());
            }
            b"PAM" => self.refused(rest),
            // This says where the server listens.
            b"Server" => {}
            _ => {
                self.peer(message);
                self.named(message);
            }
        }
    }

    /// `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=host  user=name`.
    fn refused(&mut self, text: &'a [u8]) {
        if memmem::find(text, b"authentication failure").is_none() {
            return;
        }
        self.set(Col::Outcome, b"failure");
        let value = |key: &[u8]| memmem::find(text, key).and_then(|at| text.get(at + key.len()..)).map(|t| word(t).0);
        if let Some(host) = value(b" rhost=") {
            self.host(host);
        }
        self.set(Col::User, value(b" user=").unwrap_or_default());
    }

    /// `password for [invalid user ]name from host port n ssh2[: signature]`.
    fn login(&mut self, event: &'a [u8], rest: &'a [u8]) {
        let Some(at) = memmem::find(rest, b" for ") else { return };
        self.set(Col::SshEvent, event);
        self.set(Col::SshMethod, rest.get(..at).unwrap_or_default());
        self.set(Col::Action, b"ssh_login");
        match event {
            b"Accepted" => self.set(Col::Outcome, b"success"),
            b"Failed" => self.set(Col::Outcome, b"failure"),
            _ => {}
        }
        let user = rest.get(at + 5..).unwrap_or_default();
        self.from(user.strip_prefix(b"invalid user ").or_else(|| user.strip_prefix(b"illegal user ")).unwrap_or(user));
        if let Some(at) = memmem::rfind(rest, b" ssh2: ") {
            self.set(Col::SshSignature, rest.get(at + 7..).unwrap_or_default());
        }
    }

    /// `name from host[ port n]`: the last `from` counts.
    fn from(&mut self, text: &'a [u8]) {
        let Some(at) = memmem::rfind(text, b" from ") else { return self.set(Col::User, text) };
        self.set(Col::User, text.get(..at).unwrap_or_default());
        self.host_and_port(text.get(at + 6..).unwrap_or_default());
    }

    fn host_and_port(&mut self, text: &'a [u8]) {
        let (host, rest) = word(text);
        self.host(host);
        if let Some(port) = rest.strip_prefix(b"port ") {
            let (port, _) = word(port);
            let port =
                port.iter().position(|b| !b.is_ascii_digit()).map_or(port, |end| port.get(..end).unwrap_or(port));
            set_number(self.record, self.first + Col::Port as usize, port);
        }
    }

    /// The last address behind ` from `, ` by ` or ` with `, or behind a user.
    fn peer(&mut self, message: &'a [u8]) {
        let mut end = message.len();
        while let Some(at) = message.get(..end).and_then(|front| memchr::memrchr(b' ', front)) {
            let text = message.get(at + 1..).unwrap_or_default();
            let (host, rest) = word(text);
            let host = host.strip_suffix(b":").unwrap_or(host);
            if host.len() >= 3 && host.iter().any(|b| matches!(b, b'.' | b':')) && looks_like_address(host) {
                self.host(host);
                if rest.starts_with(b"port ") {
                    self.host_and_port(text);
                }
                return;
            }
            end = at;
        }
    }

    /// A name behind ` user ` or ` for `, where one word is.
    fn named(&mut self, message: &'a [u8]) {
        if self.is_set(Col::User) {
            return;
        }
        let mut at = [&b" invalid user "[..], b" by user ", b" user "].into_iter();
        let found = at.find_map(|words| Some(memmem::find(message, words)? + words.len()));
        if let Some(at) = found {
            let name = word(message.get(at..).unwrap_or_default()).0;
            self.set(Col::User, unquoted(name));
        }
    }

    /// `unix(sshd:session): session opened for user root by jane(uid=0)`.
    fn pam(&mut self, message: &'a [u8]) {
        let service = memchr(b'(', message).and_then(|open| {
            let inner = message.get(open + 1..)?;
            inner.get(..memchr(b':', inner.get(..memchr(b')', inner)?)?)?)
        });
        self.set(Col::PamService, service.unwrap_or_default());
        let Some(text) = memmem::find(message, b"): ").and_then(|at| message.get(at + 3..)) else { return };
        if let Some(rest) = text.strip_prefix(b"session opened for user ") {
            self.set(Col::Outcome, b"success");
            self.opened(rest);
        } else if let Some(user) = text.strip_prefix(b"session closed for user ") {
            self.set(Col::User, word(user).0);
        } else if text.starts_with(b"authentication failure;") {
            self.refused(text);
        } else {
            self.named(text);
        }
    }

    /// `root(uid=0) by jane(uid=1000)`: without a name behind `by` the session is the user's own.
    fn opened(&mut self, text: &'a [u8]) {
        let (opened, by) = match memmem::find(text, b" by ") {
            Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 4..).unwrap_or_default()),
            None => (text, &[][..]),
        };
        let (opened, _) = with_id(opened);
        let (by, id) = with_id(by);
        if by.is_empty() {
            return self.set(Col::User, opened);
        }
        self.set(Col::User, by);
        self.set(Col::UserId, id);
        self.set(Col::EffectiveUser, opened);
    }

    /// `jane : [error ; ]TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls`.
    fn sudo(&mut self, message: &'a [u8]) {
        let Some(at) = memmem::find(message, b" : ") else { return };
        let Some(command) = memmem::find(message, b"COMMAND=") else { return };
        self.set(Col::User, message.get(..at).unwrap_or_default().trim_ascii());
        self.set(Col::SudoCommand, message.get(command + 8..).unwrap_or_default());
        self.set(Col::CommandLine, message.get(command + 8..).unwrap_or_default());
        let mut rest = message.get(at + 3..command).unwrap_or_default();
        while !rest.is_empty() {
            let end = memmem::find(rest, b" ; ").unwrap_or(rest.len());
            let part = rest.get(..end).unwrap_or_default().trim_ascii();
            rest = rest.get(end + 3..).unwrap_or_default();
            let cut = memchr(b'=', part).unwrap_or(part.len());
            let value = part.get(cut + 1..).unwrap_or_default();
            match part.get(..cut).unwrap_or_default() {
                b"TTY" => self.set(Col::SudoTty, value),
                b"PWD" => self.set(Col::SudoPwd, value),
                b"USER" => {
                    self.set(Col::SudoUser, value);
                    self.set(Col::EffectiveUser, value);
                }
                b"GROUP" | b"ENV" | b"" => {}
                _ => self.set(Col::SudoError, part),
            }
        }
        if self.is_set(Col::SudoError) {
            self.set(Col::Outcome, b"failure");
        }
    }

    /// `Successful su for root by jane`, `(to root) jane on pts/0`, `FAILED su for root by jane`.
    fn su(&mut self, message: &'a [u8]) {
        let is_failed = message.starts_with(b"FAILED");
        let message = message.strip_prefix(b"FAILED SU ").unwrap_or(message);
        let (whose, who) = if let Some(rest) = message.strip_prefix(b"(to ") {
            let Some(end) = memmem::find(rest, b") ") else { return };
            (rest.get(..end).unwrap_or_default(), word(rest.get(end + 2..).unwrap_or_default()).0)
        } else if let Some(at) = memmem::find(message, b" su for ") {
            let (whose, rest) = word(message.get(at + 8..).unwrap_or_default());
            (whose, rest.strip_prefix(b"by ").unwrap_or_default())
        } else {
            return;
        };
        self.set(Col::Action, b"su");
        self.set(Col::Outcome, if is_failed { b"failure" } else { b"success" });
        self.set(Col::User, who);
        self.set(Col::EffectiveUser, whose);
    }

    /// `new user: name=www, UID=48, GID=48, home=/srv, shell=/sbin/nologin`, `delete user 'www'`, `password changed for www`.
    fn account(&mut self, program: &[u8], message: &'a [u8]) {
        let action: Option<&'static [u8]> =
            ACCOUNT_ACTIONS.iter().find(|(words, _)| message.starts_with(words)).map(|(_, action)| *action);
        let Some(action) = action else { return };
        self.set(Col::Action, action);
        self.set(Col::Outcome, b"success");
        let is_group = program.starts_with(b"group");
        let (name_at, mut rest) = match memmem::find(message, b": ") {
            Some(at) => (None, message.get(at + 2..).unwrap_or_default()),
            None => (memchr::memrchr(b' ', message), &[][..]),
        };
        if let Some(at) = name_at {
            self.set(
                if is_group { Col::Group } else { Col::User },
                unquoted(message.get(at + 1..).unwrap_or_default()),
            );
        }
        while !rest.is_empty() {
            let end = memmem::find(rest, b", ").unwrap_or(rest.len());
            let part = rest.get(..end).unwrap_or_default();
            rest = rest.get(end + 2..).unwrap_or_default();
            let cut = memchr(b'=', part).unwrap_or(part.len());
            let value = part.get(cut + 1..).unwrap_or_default();
            match part.get(..cut).unwrap_or_default() {
                b"name" => self.set(if is_group { Col::Group } else { Col::User }, value),
                b"UID" => self.set(Col::UserId, value),
                b"GID" => self.set(Col::GroupId, value),
                b"home" => self.set(Col::Home, value),
                b"shell" => self.set(Col::Shell, value),
                _ => {}
            }
        }
    }

    /// `(root) CMD (run-parts /etc/cron.hourly)`.
    fn cron(&mut self, message: &'a [u8]) {
        let Some(rest) = message.strip_prefix(b"(") else { return };
        let Some(end) = memmem::find(rest, b") CMD (") else { return };
        self.set(Col::User, rest.get(..end).unwrap_or_default());
        let command = rest.get(end + 7..).unwrap_or_default();
        self.set(Col::CommandLine, command.strip_suffix(b")").unwrap_or(command).trim_ascii());
    }

    /// `New session 5 of user jane.`, `Started Session 5 of user jane.`
    fn session(&mut self, message: &'a [u8]) {
        if let Some(at) = memmem::find(message, b" of user ") {
            let name = word(message.get(at + 9..).unwrap_or_default()).0;
            self.set(Col::User, name.strip_suffix(b".").unwrap_or(name));
        }
    }
}

/// How messages about accounts begin, and what has happened.
const ACCOUNT_ACTIONS: [(&[u8], &[u8]); 6] = [
    (b"new user: ", b"user_added"),
    (b"new group: ", b"group_added"),
    (b"delete user ", b"user_deleted"),
    (b"removed group ", b"group_deleted"),
    (b"change user ", b"user_changed"),
    (b"password changed for ", b"password_changed"),
];

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr(b' ', text).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}

fn unquoted(text: &[u8]) -> &[u8] {
    let quote = |b: &u8| matches!(b, b'"' | b'\'');
    let text = text.split_first().filter(|(first, _)| quote(first)).map_or(text, |(_, rest)| rest);
    text.split_last().filter(|(last, _)| quote(last)).map_or(text, |(_, rest)| rest)
}

/// A name and the number of `name(uid=0)`.
fn with_id(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = memmem::find(text, b"(uid=") else { return (word(text).0, &[]) };
    let id = text.get(at + 5..).unwrap_or_default();
    let end = memchr(b')', id).unwrap_or(id.len());
    (text.get(..at).unwrap_or_default(), id.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::super::FormatSpec;
    use super::super::read;
    use super::super::syslog::SyslogSpec;

    /// Checks what a program's message adds to what syslog says.
    fn check(program: &str, message: &str, expected: &str) {
        let spec = FormatSpec::Syslog(SyslogSpec { inner: Box::new(FormatSpec::Unknown) });
        let line = read(&spec, &format!("Feb  9 21:19:40 h {program}: {message}"));
        let front =
            format!("@timestamp=1972-02-09T21:19:40Z | message={message} | host.name=h | process.name={program}");
        let found = line.strip_prefix(&front).unwrap_or(&line);
        assert_eq!(found.strip_prefix(" | ").unwrap_or(found), expected, "{message}");
    }

    #[test]
    fn ssh() {
        check(
            "sshd",
            "Accepted publickey for jane from 192.0.2.1 port 63673 ssh2: RSA 39:33",
            "event.action=ssh_login | event.outcome=success | source.ip=192.0.2.1 | source.port=63673 | user.name=jane | \
             system.auth.ssh.event=Accepted | system.auth.ssh.method=publickey | system.auth.ssh.signature=RSA 39:33",
        );
        check(
            "sshd",
            "Failed password for invalid user a from 198.51.100.1 from 2001:db8::9 port 1 ssh2",
            "event.action=ssh_login | event.outcome=failure | source.ip=2001:db8::9 | source.port=1 | \
             user.name=a from 198.51.100.1 | system.auth.ssh.event=Failed | system.auth.ssh.method=password",
        );
        check(
            "sshd",
            "message repeated 2 times: [ Failed password for root from 192.0.2.1 port 1 ssh2]",
            "event.action=ssh_login | event.outcome=failure | source.ip=192.0.2.1 | source.port=1 | user.name=root | \
             system.auth.ssh.event=Failed | system.auth.ssh.method=password",
        );
        check(
            "sshd",
            "Invalid user test from 192.0.2.1",
            "event.action=ssh_login | event.outcome=failure | source.ip=192.0.2.1 | user.name=test | \
             system.auth.ssh.event=Invalid",
        );
        check(
            "sshd",
            "Did not receive identification string from 192.0.2.1 port 9",
            "source.ip=192.0.2.1 | source.port=9 | system.auth.ssh.dropped_ip=192.0.2.1",
        );
        check(
            "sshd",
            "error: PAM: User not known to the module for illegal user test from a.example",
            "source.domain=a.example | user.name=test | system.auth.ssh.event=error: PAM: User not known to the module for illegal",
        );
        check(
            "sshd",
            "Disconnected from authenticating user root 192.0.2.1 port 4 [preauth]",
            "source.ip=192.0.2.1 | source.port=4 | user.name=root",
        );
        check("sshd", "Received disconnect from 192.0.2.1: 11:  [preauth]", "source.ip=192.0.2.1");
        check("sshd", "Server listening on 0.0.0.0 port 22.", "");
        check(
            "sshd",
            "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
            "event.outcome=failure | source.ip=192.0.2.1 | user.name=root",
        );
    }

    #[test]
    fn sudo_su_and_sessions() {
        check(
            "sudo",
            "tsg : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/t ; USER=root ; COMMAND=/bin/ls ; x",
            "event.outcome=failure | user.name=tsg | user.effective.name=root | process.command_line=/bin/ls ; x | \
             system.auth.sudo.error=user NOT in sudoers | system.auth.sudo.tty=pts/1 | system.auth.sudo.pwd=/home/t | \
             system.auth.sudo.user=root | system.auth.sudo.command=/bin/ls ; x",
        );
        check(
            "su",
            "(to root) jane on pts/0",
            "event.action=su | event.outcome=success | user.name=jane | user.effective.name=root",
        );
        check(
            "su",
            "FAILED su for root by jane",
            "event.action=su | event.outcome=failure | user.name=jane | user.effective.name=root",
        );
        check(
            "sudo",
            "pam_unix(sudo:session): session opened for user root(uid=0) by jane(uid=1000)",
            "event.outcome=success | user.name=jane | user.id=1000 | user.effective.name=root | system.auth.pam.service=sudo",
        );
        check(
            "sshd",
            "pam_unix(sshd:session): session opened for user jane by (uid=0)",
            "event.outcome=success | user.name=jane | system.auth.pam.service=sshd",
        );
        check(
            "sshd",
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
            "event.outcome=failure | source.ip=192.0.2.1 | user.name=root | system.auth.pam.service=sshd",
        );
        check(
            "sshd",
            "pam_succeed_if(sshd:auth): requirement \"uid >= 1000\" not met by user \"root\"",
            "user.name=root | system.auth.pam.service=sshd",
        );
    }

    #[test]
    fn accounts_and_cron() {
        check(
            "useradd",
            "new user: name=www, UID=48, GID=49, home=/srv, shell=/sbin/nologin",
            "event.action=user_added | event.outcome=success | user.name=www | user.id=48 | group.id=49 | \
             system.auth.useradd.home=/srv | system.auth.useradd.shell=/sbin/nologin",
        );
        check(
            "groupadd",
            "new group: name=www, GID=48",
            "event.action=group_added | event.outcome=success | group.name=www | group.id=48",
        );
        check("userdel", "delete user 'www'", "event.action=user_deleted | event.outcome=success | user.name=www");
        check("CRON", "(root) CMD (run-parts /etc)", "user.name=root | process.command_line=run-parts /etc");
        check("systemd-logind", "New session 5 of user jane.", "user.name=jane");
    }
}
