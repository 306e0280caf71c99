//! What a policy may ask about whom it is evaluated for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::document::DocumentError;
use crate::things::certificates::CertificateId;

const ATTRIBUTES: &str = "iot:connection.thing.attributes[";

/// A policy variable, which is also a key of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    ClientId,
    CertificateId,
    ThingName,
    ThingTypeName,
    IsAttached,
    Attribute(Box<str>),
}

impl Variable {
    /// Reads what stands between `${` and `}`. IAM does not tell capital letters from small ones here either.
    pub(super) fn parse(name: &str) -> Result<Self, DocumentError> {
        let lower = name.to_ascii_lowercase();
        Ok(match lower.as_str() {
            "iot:clientid" => Self::ClientId,
            "iot:certificateid" => Self::CertificateId,
            "iot:connection.thing.thingname" => Self::ThingName,
            "iot:connection.thing.thingtypename" => Self::ThingTypeName,
            "iot:connection.thing.isattached" => Self::IsAttached,
            _ => {
                let unknown = || DocumentError::Variable(name.to_owned());
                lower
                    .strip_prefix(ATTRIBUTES)
                    .and_then(|rest| rest.strip_suffix(']'))
                    .filter(|attribute| !attribute.is_empty())
                    .ok_or_else(unknown)?;
                // The attribute's own name keeps its capital letters.
                let attribute = &name[ATTRIBUTES.len()..name.len() - 1];
                Self::Attribute(attribute.into())
            }
        })
    }
}

/// The thing that a connection speaks for: attached to its certificate, and named like its client identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttachedThing<'a> {
    pub(crate) name: &'a str,
    pub(crate) type_name: Option<&'a str>,
    pub(crate) attributes: &'a BTreeMap<String, String>,
}

/// What a CONNECT asked for beyond a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectAttributes {
    pub persistent: bool,
    pub will: bool,
}

impl ConnectAttributes {
    /// In AWS IoT's words.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let persistent = self.persistent.then_some("PersistentConnect");
        persistent
            .into_iter()
            .chain(self.will.then_some("LastWill"))
    }
}

/// For whom policies are evaluated. Over HTTP there is neither client identifier nor thing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    pub(crate) client_id: Option<&'a str>,
    pub(crate) certificate: Option<CertificateId>,
    pub(crate) thing: Option<AttachedThing<'a>>,
    pub(crate) attributes: ConnectAttributes,
}

impl<'a> Context<'a> {
    pub(super) fn value(&self, variable: &Variable) -> Option<Cow<'a, str>> {
        let text = match variable {
            Variable::ClientId => self.client_id,
            Variable::CertificateId => return Some(self.certificate?.to_string().into()),
            Variable::ThingName => Some(self.thing?.name),
            Variable::ThingTypeName => self.thing?.type_name,
            Variable::IsAttached => {
                self.client_id?;
                Some(if self.thing.is_some() {
                    "true"
                } else {
                    "false"
                })
            }
            Variable::Attribute(name) => self.thing?.attributes.get(&**name).map(String::as_str),
        };
        text.map(Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_known_by_name_and_others_are_refused() {
        for (name, expected) in [
            ("iot:ClientId", Variable::ClientId),
            ("IOT:clientID", Variable::ClientId),
            ("iot:CertificateId", Variable::CertificateId),
            ("iot:Connection.Thing.IsAttached", Variable::IsAttached),
            (
                "iot:Connection.Thing.Attributes[Serial:1]",
                Variable::Attribute("Serial:1".into()),
            ),
        ] {
            assert_eq!(Variable::parse(name), Ok(expected));
        }
        for name in [
            "",
            "iot:SourceIp",
            "aws:username",
            "iot:Connection.Thing.Attributes[]",
            "iot:Connection.Thing.Attributes[x",
            "iot:Certificate.Subject.CommonName",
        ] {
            let refused = DocumentError::Variable(name.to_owned());
            assert_eq!(Variable::parse(name), Err(refused));
        }
    }
}
