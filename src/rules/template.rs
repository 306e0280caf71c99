//! Substitution templates: `iphone6-location-${timestamp()}` (AWS IoT developer guide: Substitution templates). An
//! expression sees the payload as it came, not what SELECT made of it, and the variables of SET.

use super::message::Incoming;
use super::sql::{self, Cut, Fault, Parser, Sql, SqlError, SqlVersion};
use super::sql::{Expr, MAX_SQL};
use crate::rng::Rng;

/// Texts and expressions.
const MAX_PARTS: usize = 1_000;

/// A text with expressions in it. `$$` stands for `$`.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
    version: SqlVersion,
    /// Tells its calls of `newuuid()` from those of other templates.
    salt: u64,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Expr(Expr),
}

impl Template {
    /// A variable that it uses may be set or not: `parse_for` looks at that, too.
    pub fn parse(text: &str, version: SqlVersion) -> Result<Self, SqlError> {
        Self::read(text, version, None)
    }

    /// For the actions of this statement.
    pub fn parse_for(text: &str, sql: &Sql) -> Result<Self, SqlError> {
        Self::read(text, sql.version(), Some(sql))
    }

    fn read(text: &str, version: SqlVersion, sql: Option<&Sql>) -> Result<Self, SqlError> {
        if text.len() > MAX_SQL {
            let fault = Fault::new(MAX_SQL, 0, "a template has 256 KB at most");
            return Err(fault.locate(text));
        }
        let parts = parts(text, sql).map_err(|fault| fault.locate(text))?;
        let salt = text
            .bytes()
            .fold(1, |salt, byte| Rng::new(salt ^ u64::from(byte)).next_u64());
        Ok(Self {
            parts,
            version,
            salt,
        })
    }

    /// `sql` is the rule's statement, for its variables. What is Undefined leaves nothing.
    pub fn fill(&self, sql: &Sql, message: &Incoming<'_>) -> Result<String, Cut> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out += text,
                Part::Expr(expr) => {
                    out += &sql::text(expr, sql.statement(), self.version, message, self.salt)?;
                }
            }
            // No key and no topic is nearly as long.
            if out.len() > MAX_SQL {
                return Err(Cut::TemplateTooLarge);
            }
        }
        Ok(out)
    }

    /// Whether filling it may need time zones that a page does not know.
    pub fn needs_zones(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Text(_) => false,
            Part::Expr(expr) => sql::needs_zones(expr),
        })
    }

    /// Whether it asks who published, or for a shadow: a page knows neither.
    pub fn needs_origin(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Text(_) => false,
            Part::Expr(expr) => sql::needs_origin(expr),
        })
    }
}

fn parts(text: &str, sql: Option<&Sql>) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut parser = Parser::new(text, text.len());
    if let Some(sql) = sql {
        parser.knows(sql.statement());
    }
    let mut plain = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let dollar = rest.find('$').unwrap_or(rest.len());
        plain += &rest[..dollar];
        at += dollar;
        let rest = &rest[dollar..];
        if rest.starts_with("$$") {
            plain.push('$');
            at += 2;
        } else if rest.starts_with("${") {
            if parts.len() >= MAX_PARTS {
                return Err(Fault::new(at, 2, "a template has 1,000 parts at most"));
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            let (expr, end) = parser.template(at + 2)?;
            parts.push(Part::Expr(expr));
            at = end;
        } else if !rest.is_empty() {
            plain.push('$');
            at += 1;
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
