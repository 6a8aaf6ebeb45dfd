package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceTest {
  @ParameterizedTest
  @CsvSource(nullValues = "null", value = {"null, json", "*/*, json", "text/html, html",
      "'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', html", "text/event-stream, events",
      "'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1', openmetrics",
      "text/plain;version=0.0.4, text", "'text/html;q=0.5, application/json;q=0.4', html", "text/*, html",
      "'text/html;q=0, */*', json", "APPLICATION/JSON, json", "image/png, null", "'*/*;q=0', null"})
  void bestAcceptable_isChosen(String accept, String expected) {
    String chosen = Preference.among(accept, "application/json", "text/html", "text/plain", "application/openmetrics-text",
        "text/event-stream");
    if (expected == null) assertNull(chosen);
    else assertEquals(expected, chosen.replaceFirst(".*/(openmetrics|event)?.*", "$1").isEmpty() ? chosen.replaceFirst(".*/", "")
        .replace("plain", "text") : chosen.contains("event") ? "events" : "openmetrics");
  }
}
