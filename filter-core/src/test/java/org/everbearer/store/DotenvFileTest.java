package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    "m=Qunclosed Nk=QoldQN, old, m=Qunclosed Nk=QnewQN",
    "m='unclosed Nk='old'Nn='x'N, old, m='unclosed Nk='new'Nn='x'N",
    "m=QlineNlineQ # endNk=old, old, m=QlineNlineQ # endNk=new",
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

  @ParameterizedTest
  @CsvSource(quoteCharacter = '|', value = {
    "x=1Nk=QoldN, line 2: the quote before the value of k is not closed",
    "k='oldNr='other'N, line 1: the quote before the value of k is not closed",
    "k=QNr=Q, line 1: the quote before the value of k is not closed in its line",
    "x=1Nk=QoldNr=other # Q, line 2: the quote before the value of k is not closed in its line",
    "a=1Nm=QunclosedNk=oldNn=QN, |line 3, which assigns k, stands within the quoted value of m that begins in line 2|",
  })
  void quoteThatIsLeftOpen_isRefusedByItsLine(String before, String message) {
    DotenvFile file = parse(real(before));
    IOException e = assertThrows(IOException.class, () -> file.with("k", "new"));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
    assertFalse(e.getMessage().contains("old"), e.getMessage());
  }

  /** Files of any kind, whole and broken. */
  @Test
  void writing_changesTheTwoValuesAndNoOtherByte() {
    String[] parts = {"k", "r", "m", "=", "=", "=", "\"", "\"", "'", "#", " ", "\n", "\n", "\r\n", "\\", "$", "export ",
      "old", "k=", "r=", "m=", "k=\"a\"\n", "m='", "\u00e4", "\t"};
    Random random = new Random(20_261);
    int written = 0;
    for (int round = 0; round < 200_000; round++) {
      StringBuilder made = new StringBuilder();
      for (int i = random.nextInt(18); i >= 0; i--) made.append(parts[random.nextInt(parts.length)]);
      String before = made.toString();
      String after;
      try {
        after = text(parse(before).with("k", "new/1").with("r", "it's"));
      } catch (IOException refused) {
        continue;
      }
      written++;
      String shown = before + "\n----\n" + after;
      assertEquals("new/1", parse(after).value("k"), shown);
      assertEquals("it's", parse(after).value("r"), shown);
      assertEquals(parse(before).value("m"), parse(after).value("m"), shown);
      onlyValuesDiffer(before, after, shown);
    }
    assertTrue(written > 100_000, written + " only");
  }

  private static final Pattern ASSIGNMENT = Pattern.compile(
      "(\\s*(?:export\\s+)?[kr]\\s*=[ \\t\\r]*)(\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|)(.*)", Pattern.DOTALL);

  private static void onlyValuesDiffer(String before, String after, String shown) {
    String[] old = before.split("\n", -1);
    String[] lines = after.split("\n", -1);
    assertTrue(lines.length >= old.length, "a line is gone: " + shown);
    for (int i = 0; i < old.length; i++) {
      if (lines[i].equals(old[i]) || old[i].isEmpty()) continue; // an empty last line may be where one was appended
      // A last line that was not ended may now end as the first one does.
      boolean ended = i == old.length - 1 && lines.length > old.length && before.contains("\r\n");
      String line = ended ? lines[i].replaceFirst("\r$", "") : lines[i];
      if (line.equals(old[i])) continue;
      Matcher was = ASSIGNMENT.matcher(old[i]);
      Matcher is = ASSIGNMENT.matcher(line);
      assertTrue(was.matches() && is.matches(), "another line was changed: " + shown);
      assertEquals(was.group(1).stripTrailing(), is.group(1).stripTrailing(), shown);
      String comment = was.group(3).replaceFirst("(?s)^.*?(?=(?:\\s+#.*)?\\s*$)", "");
      if (!was.group(2).isEmpty()) comment = was.group(3);
      assertTrue(line.endsWith(comment), "what followed: " + shown);
    }
  }
}
