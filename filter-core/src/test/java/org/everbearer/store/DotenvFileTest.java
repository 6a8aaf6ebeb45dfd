package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotenvFileTest {
  private static DotenvFile parse(String text) {
    return DotenvFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DotenvFile file) {
    return new String(file.bytes(), StandardCharsets.UTF_8);
  }

  /** Written with ~ for a blank at an edge, N for a newline, R for a carriage return and Q for a double quote. */
  private static String real(String written) {
    return written.replace('~', ' ').replace('N', '\n').replace('R', '\r').replace('Q', '"');
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '|', value = {
    "k=old, old, k=new",
    "k=oldN, old, k=newN",
    "k=oldRNx=1RN, old, k=newRNx=1RN",
    "~k~=~old~~N, old, ~k~=~new~~N",
    "export k=old, old, export k=new",
    "k=old # why, old, k=new # why",
    "k=old#d # why, old#d, k=new # why",
    "k='old' # why, old, k='new' # why",
    "k=QoldQ, old, k=QnewQ",
    "k=Qo\\QldQN, oQld, k=QnewQN",
    "k='o\\ld'N, o\\ld, k='new'N",
    "k=N, ||, k=newN",
    "k= # whyN, ||, k=new # whyN",
    "k=QQRN, ||, k=QnewQRN",
    "#k=1Nk=old, old, #k=1Nk=new",
    "k=1Nx=2Nk=old, old, k=newNx=2Nk=new",
    "kk=1Nk=oldNk2=3, old, kk=1Nk=newNk2=3",
    "m=Qline Nk=inside NlineQNk=oldN, old, m=Qline Nk=inside NlineQNk=newN",
    "m=Qunclosed Nk=oldN, old, m=Qunclosed Nk=newN",
    "no assignmentNk=old, old, no assignmentNk=new",
  })
  void value_isReadAndReplacedInItsPlace(String before, String value, String after) throws IOException {
    DotenvFile file = parse(real(before));
    assertEquals(real(before), text(file));
    assertEquals(real(value), file.value("k"));
    assertEquals(real(after), text(file.with("k", "new")));
    assertEquals("new", file.with("k", "new").value("k"));
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '|', value = {
    "||, k=newN",
    "x=1, x=1Nk=new",
    "x=1N, x=1Nk=newN",
    "x=1RNy=2, x=1RNy=2RNk=new",
    "x=1RN, x=1RNk=newRN",
    "#k=1N, #k=1Nk=newN",
  })
  void missingName_isAppendedAsTheFileEnds(String before, String after) throws IOException {
    DotenvFile file = parse(real(before));
    assertNull(file.value("k"));
    assertEquals(real(after), text(file.with("k", "new")));
    assertEquals(real(before), text(file.with("k", null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a b", "it's", "say \"x\"", "both ' and \"", "a#b", " # ", "$HOME", "`id`",
      "back\\slash",
      "\\\"", "'", "\"", "a=b==", "!%^&*()[]{};:,<.>/?~|"})
  void awkwardValue_survivesEveryStyle(String value) throws Exception {
    for (String before : new String[] {"k=old\n", "k='old'\n", "k=\"old\"\n", "x=1\n"}) {
      DotenvFile after = parse(before).with("k", value);
      assertEquals(value, parse(text(after)).value("k"), before);
      // A shell that sources the file must come to the same value.
      Process shell = new ProcessBuilder("sh", "-c", text(after) + "printf %s \"$k\"").start();
      assertEquals(value, new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8), text(after));
    }
  }

  @Test
  void otherBytes_stayWhateverTheirEncoding() throws IOException {
    String before = "\u00ef\u00bb\u00bfk=old\nname=J\u00fcrgen\n\u0080\u00ff\u0000\n";
    byte[] after = before.replace("old", "new").getBytes(StandardCharsets.ISO_8859_1);
    DotenvFile file = DotenvFile.parse(before.getBytes(StandardCharsets.ISO_8859_1));
    assertArrayEquals(after, file.with("k", "new").bytes());
  }

  @Test
  void valueOutsideAscii_isReadAsUtf8() {
    assertEquals("J\u00fcrgen", parse("name=J\u00fcrgen").value("name"));
  }

  @Test
  void valueThatNoTokenCanHave_isRefusedUnquoted() {
    IOException e = assertThrows(IOException.class, () -> parse("").with("k", "secret\nX=1"));
    assertEquals("the value for k has a character at position 6 that a token cannot have", e.getMessage());
  }
}
