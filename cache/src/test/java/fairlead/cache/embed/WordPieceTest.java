package fairlead.cache.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WordPieceTest {
  private final WordPiece wordPiece = TokenTable.load().vocabulary();
  private final SimpleWordPiece simple = new SimpleWordPiece(wordPiece);

  @Test
  void cutsWordsIntoTheLongestPieces() {
    assertThat(tokens("Unaffable tokenizers, don't!"))
        .containsExactly(
            "una", "##ffa", "##ble", "token", "##izer", "##s", ",", "don", "'", "t", "!");
  }

  @Test
  void dropsAccentsCaseAndControls() {
    assertThat(tokens("CAF\u00C9 na\u00EFve te\u0000st\u200B"))
        .containsExactly("cafe", "naive", "test");
  }

  @Test
  void writtenMarksOfTheVocabularyAreOrdinaryText() {
    assertThat(tokens("[UNK] [CLS]")).containsExactly("[", "un", "##k", "]", "[", "cl", "##s", "]");
  }

  @Test
  void aWordOfMoreThanAHundredCharactersIsUnknown() {
    assertThat(tokens("a".repeat(100))).doesNotContain("[UNK]");
    assertThat(tokens("a".repeat(101))).containsExactly("[UNK]");
    assertThat(tokens("\u00E9".repeat(100))).doesNotContain("[UNK]");
    assertThat(tokens("\u00E9".repeat(101))).containsExactly("[UNK]");
  }

  @Test
  void agreesWithTheSimpleTwinOnSentencesOfDocumentation() {
    List<String> sentences = SharedData.lines("corpus/permissive-docs-sentences.txt.gz");
    for (int i = 0; i < sentences.size(); i += sentences.size() / 20_000) {
      agree(sentences.get(i));
    }
  }

  @Test
  void agreesWithTheSimpleTwinOnMadeUpTexts() {
    SplittableRandom random = EmbedderTest.seeded();
    for (int i = 0; i < 20_000; i++) {
      agree(TokenTexts.words(random, wordPiece, 1 + random.nextInt(12)));
    }
  }

  @Test
  void agreesWithTheSimpleTwinOnEveryCharacter() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x30000 ? 1 : 997) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        agree("x" + Character.toString(c) + "y");
      }
    }
  }

  @Test
  void agreesWithTheSimpleTwinOnBytesWithoutMeaning() {
    SplittableRandom random = EmbedderTest.seeded();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      agree(bytes);
    }
  }

  @Test
  void writesNoMoreThanThereIsRoomFor() {
    SplittableRandom random = EmbedderTest.seeded();
    for (int i = 0; i < 5_000; i++) {
      byte[] text =
          TokenTexts.words(random, wordPiece, 1 + random.nextInt(12))
              .getBytes(StandardCharsets.UTF_8);
      List<Integer> all = simple.encode(text);
      int[] ids = new int[random.nextInt(all.size() + 3)];
      int n = wordPiece.encode(text, 0, text.length, ids);
      assertThat(n).isEqualTo(Math.min(ids.length, all.size()));
      assertThat(list(ids, n)).isEqualTo(all.subList(0, n));
    }
  }

  @Test
  void longRunsWithoutASpaceStayBounded() {
    byte[] chinese = "\u4E2D".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[512];
    assertThat(wordPiece.encode(chinese, 0, chinese.length, ids)).isEqualTo(512);
    assertThat(ids).containsOnly(wordPiece.encode(chinese, 0, 3, new int[1]) == 1 ? ids[0] : -1);
    byte[] accents = "\u00E9".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
    int n = wordPiece.encode(accents, 0, accents.length, ids);
    assertThat(list(ids, n)).containsOnly(WordPiece.UNKNOWN);
  }

  @Test
  void knowsWhichWordsAreOneToken() {
    byte[] text = "Password passwordless \u00E9".getBytes(StandardCharsets.UTF_8);
    assertThat(wordPiece.token(wordPiece.wordId(text, 0, 8))).isEqualTo("password");
    assertThat(wordPiece.wordId(text, 9, 21)).isEqualTo(-1);
    assertThat(wordPiece.wordId(text, 22, 24)).isEqualTo(-1);
    assertThat(wordPiece.wordId(text, 3, 3)).isEqualTo(-1);
  }

  @Test
  void everyTokenFindsItself() {
    int found = 0;
    for (int id = 0; id < wordPiece.size(); id++) {
      String token = wordPiece.token(id);
      if (token.matches("[a-z0-9]+")) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        assertThat(wordPiece.wordId(bytes, 0, bytes.length)).as(token).isEqualTo(id);
        found++;
      }
    }
    assertThat(found).isGreaterThan(20_000);
  }

  private void agree(String text) {
    agree(text.getBytes(StandardCharsets.UTF_8));
  }

  private void agree(byte[] text) {
    int[] ids = new int[4 * text.length + 1];
    int n = wordPiece.encode(text, 0, text.length, ids);
    List<Integer> expected = simple.encode(text);
    if (!list(ids, n).equals(expected)) {
      assertThat(list(ids, n)).as(new String(text, StandardCharsets.UTF_8)).isEqualTo(expected);
    }
  }

  private List<String> tokens(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[200];
    int n = wordPiece.encode(utf8, 0, utf8.length, ids);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tokens.add(wordPiece.token(ids[i]));
    }
    return tokens;
  }

  private static List<Integer> list(int[] ids, int n) {
    List<Integer> list = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      list.add(ids[i]);
    }
    return list;
  }
}
