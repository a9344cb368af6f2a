//! Why an operation failed, in OpenSSL's words.

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

/// The class of the exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `SSLError`
    Ssl,
    /// `SSLEOFError`
    Eof,
    /// `SSLCertVerificationError`
    Verification,
}

/// What the exception says.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its class.
    pub class: Class,
    /// `errno`
    pub code: i64,
    /// `library`
    pub library: &'static str,
    /// `reason`; empty: None.
    pub reason: &'static str,
    /// The message after the brackets.
    pub text: String,
    /// `verify_code` and `verify_message`.
    pub verdict: Option<(i64, String)>,
}

impl Failure {
    /// With a text that says what the reason's name says.
    pub fn new(reason: &'static str) -> Failure {
        Failure::with_text(reason, reason.to_ascii_lowercase().replace('_', " "))
    }

    /// With another text.
    pub fn with_text(reason: &'static str, text: impl Into<String>) -> Failure {
        Failure { class: Class::Ssl, code: 1, library: "SSL", reason, text: text.into(), verdict: None }
    }

    /// The stream ended in the middle.
    pub fn eof() -> Failure {
        Failure {
            class: Class::Eof,
            code: 8,
            ..Failure::with_text("UNEXPECTED_EOF_WHILE_READING", "EOF occurred in violation of protocol")
        }
    }

    /// A certificate is not trusted.
    pub fn untrusted(code: i64, message: String) -> Failure {
        Failure {
            class: Class::Verification,
            verdict: Some((code, message.clone())),
            ..Failure::with_text("CERTIFICATE_VERIFY_FAILED", format!("certificate verify failed: {message}"))
        }
    }

    /// What `rustls` says.
    pub fn of(e: &Error) -> Failure {
        match e {
            Error::AlertReceived(alert) => {
                let (reason, text) = alert_reason(*alert);
                Failure::with_text(reason, text)
            }
            Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => Failure::new("WRONG_VERSION_NUMBER"),
            Error::InvalidMessage(InvalidMessage::MessageTooLarge) | Error::PeerSentOversizedRecord => {
                Failure::new("PACKET_LENGTH_TOO_LONG")
            }
            Error::InvalidMessage(_) => Failure::with_text("BAD_RECORD_TYPE", lower(e)),
            Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
                Failure::new("UNEXPECTED_MESSAGE")
            }
            Error::DecryptError => Failure::new("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
            Error::NoCertificatesPresented => Failure::new("PEER_DID_NOT_RETURN_A_CERTIFICATE"),
            Error::NoApplicationProtocol => Failure::new("NO_APPLICATION_PROTOCOL"),
            Error::PeerIncompatible(why) => incompatible(why),
            Error::InvalidCertificate(why) => Failure {
                class: Class::Verification,
                ..Failure::with_text("CERTIFICATE_VERIFY_FAILED", format!("certificate verify failed: {why}"))
            },
            // None of a server's certificates suits what the client offers.
            Error::General(text) if text.starts_with("no server certificate chain") => Failure::new("NO_SHARED_CIPHER"),
            Error::PeerMisbehaved(_) => Failure::with_text("BAD_HANDSHAKE", lower(e)),
            _ => Failure::with_text("INTERNAL_ERROR", lower(e)),
        }
    }
}

fn lower(e: &Error) -> String {
    e.to_string()
}

fn incompatible(why: &PeerIncompatible) -> Failure {
    use PeerIncompatible as P;
    match why {
        P::NoCipherSuitesInCommon => Failure::new("NO_SHARED_CIPHER"),
        P::NoKxGroupsInCommon | P::NamedGroupsExtensionRequired => Failure::new("NO_SUITABLE_GROUPS"),
        P::NoSignatureSchemesInCommon
        | P::SignatureAlgorithmsExtensionRequired
        | P::NoCertificateRequestSignatureSchemesInCommon => Failure::new("NO_SUITABLE_SIGNATURE_ALGORITHM"),
        P::ServerDoesNotSupportTls12Or13
        | P::ServerTlsVersionIsDisabledByOurConfig
        | P::SupportedVersionsExtensionRequired
        | P::Tls12NotOffered
        | P::Tls12NotOfferedOrEnabled => Failure::new("UNSUPPORTED_PROTOCOL"),
        _ => Failure::with_text("BAD_HANDSHAKE", format!("peer is incompatible: {why:?}")),
    }
}

/// OpenSSL's name and text for an alert that the peer sent.
fn alert_reason(alert: AlertDescription) -> (&'static str, &'static str) {
    use AlertDescription as A;
    match alert {
        A::UnexpectedMessage => ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "ssl/tls alert unexpected message"),
        A::BadRecordMac => ("SSLV3_ALERT_BAD_RECORD_MAC", "ssl/tls alert bad record mac"),
        A::DecryptionFailed => ("TLSV1_ALERT_DECRYPTION_FAILED", "tlsv1 alert decryption failed"),
        A::RecordOverflow => ("TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
        A::HandshakeFailure => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
        A::BadCertificate => ("SSLV3_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"),
        A::UnsupportedCertificate => ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "ssl/tls alert unsupported certificate"),
        A::CertificateRevoked => ("SSLV3_ALERT_CERTIFICATE_REVOKED", "ssl/tls alert certificate revoked"),
        A::CertificateExpired => ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "ssl/tls alert certificate expired"),
        A::CertificateUnknown => ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "ssl/tls alert certificate unknown"),
        A::IllegalParameter => ("SSLV3_ALERT_ILLEGAL_PARAMETER", "ssl/tls alert illegal parameter"),
        A::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        A::AccessDenied => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        A::DecodeError => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        A::DecryptError => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        A::ProtocolVersion => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        A::InsufficientSecurity => ("TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security"),
        A::InternalError => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        A::InappropriateFallback => ("TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "tlsv1 alert inappropriate fallback"),
        A::UserCanceled => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        A::NoRenegotiation => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        A::MissingExtension => ("TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension"),
        A::UnsupportedExtension => ("TLSV1_UNSUPPORTED_EXTENSION", "tlsv1 unsupported extension"),
        A::UnrecognisedName => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        A::UnknownPSKIdentity => ("TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", "tlsv1 alert unknown psk identity"),
        A::CertificateRequired => ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        A::NoApplicationProtocol => ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
        _ => ("TLSV1_ALERT_UNKNOWN", "tlsv1 alert of an unknown kind"),
    }
}
