//! Why the registry stays as it is, in AWS IoT's words where they are known.

/// `Display` is the message of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error("Invalid {0}: it has 1 to 128 of the characters a-z A-Z 0-9 : _ -")]
    Name(&'static str),
    #[error(
        "Invalid attribute name: it has 1 to 128 of the characters a-z A-Z 0-9 _ . , @ / : # -"
    )]
    AttributeName,
    #[error(
        "Invalid attribute value: it has at most 800 of the characters a-z A-Z 0-9 _ . , @ / : # = [ ] -"
    )]
    AttributeValue,
    #[error(
        "A thing has at most 50 attributes, and one without a thing type at most 3; here it is {most}"
    )]
    TooManyAttributes { most: usize },
    #[error("Thing {0} cannot be found.")]
    NoThing(String),
    #[error("Thing {name} already exists with different attributes")]
    ThingExists { name: String, id: String },
    #[error("The version for thing {0} does not match the expected version.")]
    VersionConflict(String),
    #[error("Thing {0} cannot be deleted: principals are still attached to it")]
    HasPrincipals(String),
    #[error("thingTypeName and removeThingType cannot be given together")]
    TypeGivenAndRemoved,
    #[error("Thing type {0} cannot be found.")]
    NoType(String),
    #[error("Thing type {name} already exists with different properties")]
    TypeExists { name: String, id: String },
    #[error("Thing type {0} is deprecated: no thing can be given it")]
    TypeDeprecated(String),
    #[error("Thing type {0} cannot be deleted before it was deprecated for 5 minutes")]
    TypeNotDeprecated(String),
    #[error("Thing type {0} cannot be deleted: there are things of it")]
    TypeInUse(String),
    #[error("Invalid thing type properties: {0}")]
    TypeProperties(&'static str),
    #[error("There is no room for more")]
    Full,
}
