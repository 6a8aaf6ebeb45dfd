package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.HeaderGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerChallengeTest {
  @ParameterizedTest
  @ValueSource(strings = {
      "Bearer error=\"invalid_token\"",
      "Bearer realm=\"a, error=\\\"insufficient_scope\\\"\", error=\"invalid_token\"",
      "bearer ERROR = invalid_token",
      "Negotiate, Bearer error=\"invalid_token\"",
      "Basic realm=\"x\", Bearer scope=\"a b\",error=\"invalid_token\", error_description=\"expired, sorry\"",
      "Negotiate abc/de+f==, Bearer error=\"invalid_token\"",
      ",, Bearer error=\"invalid\\_token\" , Digest qop=\"auth\"",
      "Bearer error=\"insufficient_scope\", Bearer error=\"invalid_token\"",
      "Bearer",
      "Bearer realm=\"error=invalid_request\"",
      "DPoP error=\"invalid_request\", Bearer realm=\"x\"",
      "Bearer realm=\"x\", DPoP error=\"invalid_request\"",
      "",
      "=,=\"",
      "Bearer realm=\"never closed, error=invalid_request",
      "realm=\"x\"",
      "<html>, Bearer",
      "Basic realm=\"Bearer error=\\\"insufficient_scope\\\"\", Bearer",
      "OAuth \"Platform\" \"invalid_token\" \"The session has expired\"",
      "Token",
  })
  void anotherTokenMayHelp(String challenge) {
    assertTrue(BearerChallenge.rejectsToken(response(challenge)));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "Bearer error=\"insufficient_scope\"",
      "Bearer error=invalid_request",
      "BEARER  realm=\"x\" , error = \"insufficient_scope\"",
      "Bearer scope=\"a\", error=\"insufficient_scope\", Basic realm=\"x\"",
      "Negotiate, Bearer error=\"insufficient_scope\"",
      "Bearer error=\"INVALID_TOKEN\"",
      "Basic realm=\"admin\"",
      "Basic realm=\"Bearer, error=invalid_token\"",
      "Negotiate",
      "NTLM, Negotiate abc/de+f==",
      "Negotiate abcd==",
      "Digest realm=\"a, Bearer\", qop=\"auth, auth-int\", nonce=\"dcd98b==\"",
      "DPoP algs=\"ES256 PS256\"",
      ",, Basic realm=\"never closed, Bearer",
      "Bearerish, Basic realm=\"x\"",
  })
  void anotherTokenDoesNotHelp(String challenge) {
    assertFalse(BearerChallenge.rejectsToken(response(challenge)));
  }

  @Test
  void severalFields_areRead() {
    assertTrue(BearerChallenge.rejectsToken(response("Basic realm=\"x\"", "Bearer error=\"invalid_token\"")));
    assertFalse(BearerChallenge.rejectsToken(response("Basic realm=\"x\"", "Bearer error=\"insufficient_scope\"")));
    assertFalse(BearerChallenge.rejectsToken(response("Negotiate", "", "Basic realm=\"x\"")));
    assertTrue(BearerChallenge.rejectsToken(response("Negotiate", "Bearer")));
    assertTrue(BearerChallenge.rejectsToken(response("", " ")));
    assertTrue(BearerChallenge.rejectsToken(response()));
  }

  private static HeaderGroup response(String... challenges) {
    HeaderGroup headers = new HeaderGroup();
    for (String challenge : challenges) headers.addHeader(new BasicHeader("www-authenticate", challenge));
    return headers;
  }
}
