package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingTest {

  @ParameterizedTest
  @CsvSource({"refreshMargn,refreshMargin", "refresh_margin,refreshMargin", "refresh-margin,refreshMargin",
      "REFRESH_MARGIN,refreshMargin", "refreshMragin,refreshMargin", "allowedOrigin,allowedOrigins",
      "alowedOrigins,allowedOrigins", "baseURL,baseUrl", "client_id,clientId", "clientsecret,clientSecret",
      "jwksURI,jwksUri", "tokenEndpiont,tokenEndpoint", "expirationMargins,expirationMargin", "Store,store"})
  void misspeltParameter_isRecognised(String written, String meant) {
    assertEquals(meant, Spelling.nearest(written, Parameters.names()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "url", "password", "com.example.Thing", "timeout", ""})
  void unrelatedWord_getsNoSuggestion(String written) {
    assertNull(Spelling.nearest(written, Parameters.names()));
  }

  @ParameterizedTest
  @CsvSource({"chat-api,CHAT_API", "refreshMargin,REFRESH_MARGIN", "jwksUri,JWKS_URI", "chatApi,CHAT_API",
      "Chat API,CHAT_API", "api2go,API2GO", "org.example.Filter,ORG_EXAMPLE_FILTER",
      "dotenvAccessTokenKey,DOTENV_ACCESS_TOKEN_KEY"})
  void upperSnake_isWhatAShellCanExport(String name, String expected) {
    assertEquals(expected, Spelling.upperSnake(name));
  }
}
