package org.everbearer.refresh;

import java.io.EOFException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What is wrong when no connection comes about, and what to do. Known by words, since the JDK has one exception class
 * for nearly everything; what is not known here is left as it is.
 */
final class TlsTrouble {
  // RFC 8446 section 6.2, as the JDK spells them: what a server says that does not like the client's certificate, or
  // that there is none.
  private static final Pattern CLIENT_CERTIFICATE = Pattern.compile("(?i)received fatal alert: (certificate_required"
      + "|bad_certificate|unsupported_certificate|certificate_revoked|certificate_expired|certificate_unknown"
      + "|unknown_ca|access_denied|handshake_failure)");
  private static final Pattern ALERT = Pattern.compile("(?i)received fatal alert: (\\w+)");
  private static final int DEEPEST = 20;

  private TlsTrouble() {}

  /**
   * Whether the server has turned down the client itself. In TLS 1.3 this comes when the request is on its way already,
   * but from a server that has not looked at it: it reads no request before it has the certificate that it wants.
   */
  static boolean isRefusedClient(Throwable e) {
    return e instanceof SSLException && CLIENT_CERTIFICATE.matcher(String.valueOf(e.getMessage())).find();
  }

  static String refusedClient() {
    String problem = SystemKeyStore.KEYS.problem();
    return "the server wants a client certificate (mutual TLS) and does not accept "
        + (SystemKeyStore.KEYS.isSet() ? "the one in javax.net.ssl.keyStore" : "a client without one: put it into a key"
        + " store that javax.net.ssl.keyStore names") + (problem == null ? "" : " (" + problem + ")");
  }

  /** What to do about a failed connection, or an empty string. */
  static String remedy(Throwable e, boolean tls) {
    if (has(e, UnknownHostException.class)) return "; check the host's name in the URL, and DNS on this machine";
    if (!tls) return "";
    String all = messages(e);
    if (all.contains("Unsupported or unrecognized SSL message")) {
      return "; this port speaks plain http or something else, not TLS: check scheme and port of the URL";
    }
    if (isUntrusted(e, all)) return "; " + untrusted();
    if (has(e, CertificateExpiredException.class)) {
      return "; the server's certificate has expired: it must be renewed, or this machine's clock is wrong";
    }
    if (has(e, CertificateNotYetValidException.class)) {
      return "; the server's certificate is not valid yet: this machine's clock is probably wrong";
    }
    if (has(e, SSLPeerUnverifiedException.class) || all.contains("No subject alternative")
        || all.contains("No name matching")) {
      return "; the server's certificate is for another name than the one in the URL: use a name that it holds, or"
          + " check that the URL leads to the right server";
    }
    Matcher alert = ALERT.matcher(all);
    if (alert.find()) return alert(alert.group(1).toLowerCase(Locale.ROOT), e);
    if (has(e, EOFException.class) || all.contains("terminated the handshake") || has(e, SocketException.class)
        && all.contains("reset")) {
      return "; the server hung up during the TLS handshake: check that this port speaks TLS, and whether a firewall or"
          + " the server refuses this machine";
    }
    return has(e, SSLException.class) ? "; " + SystemKeyStore.TRUST.advice() : "";
  }

  private static boolean isUntrusted(Throwable e, String all) {
    return all.contains("PKIX path building failed") || all.contains("unable to find valid certification path")
        || all.contains("trustAnchors parameter must be non-empty") || all.contains("No X509TrustManager")
        || all.contains("No trusted certificate");
  }

  private static String untrusted() {
    String problem = SystemKeyStore.TRUST.problem();
    return problem != null ? problem : "the server's certificate is signed by nobody whom this JVM trusts: "
        + SystemKeyStore.TRUST.advice();
  }

  private static String alert(String name, Throwable e) {
    if (isRefusedClient(e)) {
      return "handshake_failure".equals(name) ? "; no agreement on TLS version, cipher or certificate: or else "
          + refusedClient() : "; " + refusedClient();
    }
    switch (name) {
      case "protocol_version":
        return "; the server wants another version of TLS than this JVM offers (jdk.tls.client.protocols)";
      case "unrecognized_name":
        return "; the server does not know the name in the URL: check the host";
      default:
        return "; the server refuses the TLS handshake";
    }
  }

  private static boolean has(Throwable e, Class<?> type) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (type.isInstance(cause)) return true;
    }
    return false;
  }

  private static String messages(Throwable e) {
    StringBuilder all = new StringBuilder();
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }
}
