package org.everbearer.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.UncoveredOrigins;

/** The status page: one answer that loads nothing else, and says the essential without scripts too. */
final class StatusPage {
  /** The drawing alone, for other pages. */
  static final String TIMELINE = resource("timeline.js");

  private static final String SCRIPT = "\n" + TIMELINE + resource("status.js");
  private static final String STYLE = "\n" + resource("status.css");
  private static final String ICON = "<svg viewBox=\"0 0 32 32\" aria-hidden=\"true\"><circle cx=\"16\" cy=\"16\" r=\"12\""
      + " fill=\"none\" stroke=\"#3c9a57\" stroke-width=\"4\" stroke-dasharray=\"58 18\" stroke-linecap=\"round\"/>"
      + "<circle cx=\"16\" cy=\"16\" r=\"5\" fill=\"#d12f4b\"/></svg>";

  /** Only this page's own script and style run, and it talks to its own server only. */
  static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src '" + hash(SCRIPT) + "'; style-src '"
      + hash(STYLE) + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private StatusPage() {}

  static String of(String context, Collection<ClientState> clients, UncoveredOrigins uncovered, boolean mayAct) {
    StringBuilder page = new StringBuilder(64 * 1024);
    page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Tokens of ")
        .append(escape(context)).append("</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>").append(STYLE)
        .append("</style>\n</head>\n<body>\n<header>").append(ICON).append("<div><h1>Tokens</h1><p class=\"where\">")
        .append(escape(context)).append(" on ").append(escape(ManagementFactory.getRuntimeMXBean().getName()))
        .append("</p></div><span class=\"link\" id=\"link\">as of now</span></header>\n")
        .append("<p class=\"hidden\" id=\"announcer\" role=\"status\"></p>\n<main")
        .append(mayAct ? " data-may-act" : "").append(">\n");
    for (ClientState client : clients) card(page, client);
    if (clients.isEmpty()) page.append("<p class=\"none\">This web application has no bearer token client.</p>\n");
    uncovered(page, uncovered.advice());
    return page.append("</main>\n<script>").append(SCRIPT).append("</script>\n</body>\n</html>\n").toString();
  }

  private static void card(StringBuilder page, ClientState client) {
    String name = escape(client.client());
    page.append("<section class=\"client\" aria-label=\"").append(name).append("\" data-client=\"").append(name)
        .append("\" data-kind=\"").append(client.kind()).append("\"><div class=\"head\"><h2>").append(name).append("</h2><span class=\"badge\">")
        .append(escape(client.badge())).append("</span></div><p class=\"sentence\">")
        .append(escape(client.sentence())).append("</p><p class=\"plain\">With scripts this page shows a live timeline."
        + " Reload it to see the state later.</p></section>\n");
  }

  /** The script makes the same of what comes later. */
  private static void uncovered(StringBuilder page, List<String> advice) {
    if (advice.isEmpty()) return;
    page.append("<section class=\"uncovered\"><h2>Servers that get no token</h2><ul>");
    for (String each : advice) page.append("<li>").append(escape(each)).append(".</li>");
    page.append("</ul></section>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = StatusPage.class.getResourceAsStream(name)) {
      if (in == null) throw new IllegalStateException("the JAR lacks " + name);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) text.write(buffer, 0, n);
      // A browser makes one character of the two, and hashes that.
      return new String(text.toByteArray(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
