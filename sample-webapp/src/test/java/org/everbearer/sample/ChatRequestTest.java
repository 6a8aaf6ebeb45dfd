package org.everbearer.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {
  @Test
  void messageAndSession_areTakenOver_nothingElse() {
    ChatRequest chat = ChatRequest.of(Json.parse("{'message':'a\\nb','sessionId':'s-1','more':1}".replace('\'', '"')));
    assertEquals("{'message':'a\\nb','sessionId':'s-1'}".replace('\'', '"'), chat.toJson().toString());
  }

  @Test
  void session_isOptional() {
    assertEquals("{\"message\":\"a\"}", ChatRequest.of(Json.parse("{\"message\":\"a\"}")).toJson().toString());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '#', value = {
      "{}                                | 'message'",
      "{'message':5}                     | 'message'",
      "{'message':null}                  | 'message'",
      "{'message':['a']}                 | 'message'",
      "{'message':' \\n '}               | empty",
      "{'message':'a','sessionId':5}     | 'sessionId'",
      "{'message':'a','sessionId':null}  | 'sessionId'",
      "{'message':'a','sessionId':''}    | 'sessionId'",
      "{'message':'a','sessionId':'../'} | 'sessionId'",
  })
  void wrongShape_isNamed(String body, String culprit) {
    ErrorAnswer error = assertThrows(ErrorAnswer.class, () -> ChatRequest.of(Json.parse(body.replace('\'', '"'))));
    assertEquals(400, error.status());
    assertTrue(error.getMessage().contains(culprit), error.getMessage());
  }

  @Test
  void message_mayBeAsLongAsTheBound_andNoLonger() {
    String longest = "x".repeat(ChatRequest.MAX_MESSAGE);
    assertEquals(longest, ChatRequest.of(Json.parse("{\"message\":\"" + longest + "\"}")).message());
    ErrorAnswer error = assertThrows(ErrorAnswer.class,
        () -> ChatRequest.of(Json.parse("{\"message\":\"" + longest + "x\"}")));
    assertTrue(error.getMessage().contains("8000"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "5", "\"a\"", "[]", "{", "{} {}", "{}x", "{'a':1}", "{a:1}", "{\"a\":NaN}",
      "{\"a\":1,}", "// c\n{}"})
  void notOneStrictJsonObject_isRefused(String text) {
    assertThrows(JsonParseException.class, () -> Json.parse(text));
  }

  @Test
  void deepNesting_isRefused() {
    String deep = "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertThrows(JsonParseException.class, () -> Json.parse(deep));
  }
}
