package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.net.WWWFormCodec;
import org.everbearer.log.Redaction;

/** What one attempt sends, and which parts of it are secret. Lives for that attempt only. */
final class TokenRequest {
  private static final ContentType FORM = ContentType.create("application/x-www-form-urlencoded");

  private final boolean json;
  private final List<NameValuePair> parameters = new ArrayList<>();
  private final List<String> secrets = new ArrayList<>();
  private String authorization;

  private TokenRequest(boolean json) {
    this.json = json;
  }

  static TokenRequest form() {
    return new TokenRequest(false);
  }

  static TokenRequest json() {
    return new TokenRequest(true);
  }

  /** A null value leaves the parameter out. */
  TokenRequest with(String name, String value) {
    if (value != null) parameters.add(new BasicNameValuePair(name, value));
    return this;
  }

  TokenRequest withSecret(String name, String value) {
    if (value != null) secrets.add(value);
    return with(name, value);
  }

  TokenRequest authorization(String value, String secret) {
    authorization = value;
    secrets.add(secret);
    secrets.add(value);
    return this;
  }

  HttpPost toPost(URI uri, List<Header> extra) {
    HttpPost post = new HttpPost(uri);
    for (Header header : extra) {
      post.addHeader(header);
      secrets.add(header.getValue());
    }
    post.setHeader(HttpHeaders.ACCEPT, ContentType.APPLICATION_JSON.getMimeType());
    if (authorization != null) post.setHeader(new BasicHeader(HttpHeaders.AUTHORIZATION, authorization, true));
    post.setEntity(json ? new StringEntity(jsonBody(), ContentType.APPLICATION_JSON)
        : new StringEntity(WWWFormCodec.format(parameters, StandardCharsets.UTF_8), FORM));
    return post;
  }

  private String jsonBody() {
    JsonObject body = new JsonObject();
    for (NameValuePair parameter : parameters) body.addProperty(parameter.getName(), parameter.getValue());
    return body.toString();
  }

  Redaction redaction() {
    return new Redaction(secrets);
  }
}
