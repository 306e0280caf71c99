//! Who is known here and what they may do: certificates, policies and the registry, as one pure value that the
//! broker owns. Knows no socket, no clock and no connection.

pub mod x509;
pub mod certificates;
pub mod authority;
pub mod registry;
pub mod policies;
pub mod permit;

use std::sync::Arc;

use certificates::{CertificateId, Certificates};
use permit::Grants;
use policies::document::Document;
use policies::grant::Grant;
use policies::variable::{AttachedThing, Context};
use registry::Registry;

pub use permit::{Action, Permit};
pub use policies::{ConnectAttributes, Policies};

/// Who a transport was opened by, as far as it proved that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Principal {
    /// A part of this very process. May do everything.
    Inside,
    /// Showed no certificate and signed nothing.
    Anonymous,
    Certificate(CertificateId),
    /// Signed with the secret of this access key identifier.
    Key(Arc<str>),
}

/// Everything that is known of principals and things.
#[derive(Debug)]
pub struct Things {
    pub(crate) certificates: Certificates,
    pub(crate) registry: Registry,
    pub(crate) policies: Policies,
    /// What governs whoever has no certificate; without it they may do everything.
    standing: Option<Standing>,
    everything: Arc<Grants>,
    /// Grows with each change.
    generation: u64,
}

#[derive(Debug)]
struct Standing {
    document: Document,
    /// The same for everybody, unless it asks who somebody is.
    shared: Option<Arc<Grants>>,
}

impl Default for Things {
    fn default() -> Self {
        Self {
            certificates: Certificates::default(),
            registry: Registry::default(),
            policies: Policies::default(),
            standing: None,
            everything: Arc::new(Grants::everything()),
            generation: 0,
        }
    }
}

impl Principal {
    /// How events call it.
    pub fn identifier(&self) -> String {
        match self {
            Self::Inside => "inside".to_owned(),
            Self::Anonymous => "anonymous".to_owned(),
            Self::Certificate(id) => id.to_string(),
            Self::Key(id) => id.as_ref().to_owned(),
        }
    }
}

impl Things {
    /// Makes every permit ask anew.
    pub(crate) fn begin_change(&mut self) {
        self.generation += 1;
    }

    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// From now on whoever has no certificate may do what this policy allows and nothing else.
    pub fn govern(&mut self, document: Document) {
        let is_shared = !document.is_personal();
        let grants = || Arc::new(Grants::new(&[&document], &Context::default()));
        self.standing = Some(Standing {
            shared: is_shared.then(grants),
            document,
        });
        self.begin_change();
    }

    /// What somebody may do. `client` is who they are in MQTT: over HTTP nobody.
    pub fn permit(
        &self,
        principal: Principal,
        client: Option<(Arc<str>, ConnectAttributes)>,
    ) -> Permit {
        let (client_id, attributes) = client.unzip();
        let mut permit = Permit {
            principal,
            client_id,
            attributes: attributes.unwrap_or_default(),
            generation: self.generation,
            grants: self.everything.clone(),
        };
        permit.grants = self.grants(&permit);
        permit
    }

    /// Whether somebody may do this. `resource` is the name behind the resource's type: a topic, a filter, a client
    /// identifier, a thing.
    pub fn allows(&self, permit: &mut Permit, action: Action, resource: &str) -> bool {
        if !self.is_current(permit) {
            permit.grants = self.grants(permit);
            permit.generation = self.generation;
        }
        match permit.grants.of(action) {
            Some(grant) => grant.allows(resource),
            None => self.grant(permit, action).allows(resource),
        }
    }

    /// Whether nothing changed since it was worked out.
    pub(crate) fn is_current(&self, permit: &Permit) -> bool {
        permit.generation == self.generation
    }

    fn grants(&self, permit: &Permit) -> Arc<Grants> {
        let principal = &permit.principal;
        if let Principal::Anonymous | Principal::Key(_) = principal
            && let Some(standing) = &self.standing
            && let Some(shared) = &standing.shared
        {
            return shared.clone();
        }
        match self.documents(principal) {
            None => self.everything.clone(),
            Some(documents) => Arc::new(Grants::new(&documents, &self.context(permit))),
        }
    }

    fn grant(&self, permit: &Permit, action: Action) -> Grant {
        match self.documents(&permit.principal) {
            None => Grant::Everything,
            Some(documents) => Grant::new(&documents, action, &self.context(permit)),
        }
    }

    /// The policies that count for somebody; `None` for whoever may do everything.
    fn documents(&self, principal: &Principal) -> Option<Vec<&Document>> {
        match principal {
            Principal::Inside => None,
            Principal::Certificate(id) => Some(self.policies.documents(*id).collect()),
            Principal::Anonymous | Principal::Key(_) => {
                let standing = self.standing.as_ref()?;
                Some(vec![&standing.document])
            }
        }
    }

    fn context<'a>(&'a self, permit: &'a Permit) -> Context<'a> {
        let certificate = match permit.principal {
            Principal::Certificate(id) => Some(id),
            _ => None,
        };
        let client_id = permit.client_id.as_deref();
        Context {
            client_id,
            certificate,
            thing: self.thing_of(certificate, client_id),
            attributes: permit.attributes,
        }
    }

    /// The thing that a certificate is attached to and that has the client's name.
    fn thing_of(
        &self,
        certificate: Option<CertificateId>,
        client_id: Option<&str>,
    ) -> Option<AttachedThing<'_>> {
        let thing = self.registry.get(client_id?)?;
        thing.has(certificate?).then(|| AttachedThing {
            name: &thing.name,
            type_name: thing.type_name.as_deref(),
            attributes: &thing.attributes,
        })
    }
}
