//! The paths of AWS IoT's control plane whose calls this backend does not serve: whoever makes one is told so, and is
//! not sent to the dashboard's files.

/// The first levels of their paths, in order.
const FIRST: [&str; 58] = [
    "accept-certificate-transfer",
    "active-violations",
    "audit",
    "authorizer",
    "authorizers",
    "behavior-model-training",
    "billing-groups",
    "cacertificate",
    "cacertificates",
    "cancel-certificate-transfer",
    "certificate-providers",
    "certificates-by-ca",
    "certificates-out-going",
    "command-executions",
    "commands",
    "confirmdestination",
    "custom-metric",
    "custom-metrics",
    "default-authorizer",
    "destinations",
    "detect",
    "dimensions",
    "domainConfigurations",
    "dynamic-thing-groups",
    "effective-policies",
    "encryption-configuration",
    "event-configurations",
    "fleet-metric",
    "fleet-metrics",
    "indexing",
    "job-templates",
    "jobs",
    "loggingOptions",
    "managed-job-templates",
    "metric-values",
    "mitigationactions",
    "otaUpdates",
    "package-configuration",
    "packages",
    "policy-principals",
    "provisioning-templates",
    "registrationcode",
    "reject-certificate-transfer",
    "role-aliases",
    "security-profile-behaviors",
    "security-profiles",
    "security-profiles-for-target",
    "streams",
    "tags",
    "test-authorization",
    "thing-groups",
    "thing-registration-tasks",
    "transfer-certificate",
    "untag",
    "v2LoggingLevel",
    "v2LoggingOptions",
    "violation-events",
    "violations",
];

pub(super) fn is_call(first: &str) -> bool {
    FIRST.binary_search(&first).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_stand_in_order() {
        assert!(FIRST.is_sorted());
    }
}
