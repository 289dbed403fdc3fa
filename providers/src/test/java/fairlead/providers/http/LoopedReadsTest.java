package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading a response in turns on a loop: nothing but the thread may differ. */
@Timeout(60)
final class LoopedReadsTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String TEXT = "data: one\n\ndata: zwölf\n\ndata: [DONE]\n\n";

  private final ClientFixture fixture = new ClientFixture();
  private EventLoop loop;

  @BeforeEach
  void open() throws IOException {
    loop = new EventLoop("loop-under-test");
  }

  @AfterEach
  void close() {
    loop.close();
    fixture.close();
  }

  private static byte[] chunked(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; at += 7) {
      int n = Math.min(7, bytes.length - at);
      out.writeBytes((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(bytes, at, n);
      out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** Reads all in turns; each checks that it is on the loop. */
  private final class Turns {
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    final AtomicReference<UpstreamException> failure = new AtomicReference<>();
    final Semaphore taken = new Semaphore(0);
    private final UpstreamResponse response;
    private final byte[] bytes;

    Turns(UpstreamResponse response, int step) {
      this.response = response;
      bytes = new byte[step];
    }

    boolean run() {
      return response.turns(loop, this::turn);
    }

    /** What a call is stopped by, a turn that was under way tells, or else the next read. */
    UpstreamException.Kind toldBy(UpstreamResponse stopped) {
      UpstreamException told = failure.get();
      if (told == null) {
        told = catchThrowableOfType(UpstreamException.class, () -> stopped.read(new byte[1], 0, 1));
      }
      return told.kind();
    }

    private boolean turn() {
      if (!Thread.currentThread().getName().equals("loop-under-test")) {
        throw new IllegalStateException("on " + Thread.currentThread());
      }
      try {
        int n = response.read(bytes, 0, bytes.length);
        if (n > 0) {
          all.write(bytes, 0, n);
          taken.release(n);
        }
        return n >= 0;
      } catch (UpstreamException e) {
        failure.set(e);
        return false;
      }
    }
  }

  /** What is done with a response while the server goes on with its part. */
  private interface Part {
    void play(UpstreamResponse response, CallControl control) throws Exception;
  }

  /** One call; both sides at once. */
  private void during(ScriptedServer.Script afterTheRequest, Part part) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.readRequest();
              afterTheRequest.serve(peer);
            })) {
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(ClientFixture.post("x"), control);
      part.play(response, control);
      response.release();
      control.close();
      assertThat(server.failures()).isEmpty();
    }
  }

  @Test
  void bodiesCutAnywhereArriveWholeAndTheConnectionServesAgain() throws Exception {
    byte[] body = chunked(TEXT);
    Semaphore firstPartRead = new Semaphore(0);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.readRequest();
              for (int cut = 1; cut < body.length; cut++) {
                peer.write(HEAD);
                peer.write(Arrays.copyOf(body, cut));
                firstPartRead.acquire();
                peer.write(Arrays.copyOfRange(body, cut, body.length));
                peer.readRequest();
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      CallControl control = fixture.control();
      for (int cut = 1; cut < body.length; cut++) {
        control.begin(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        UpstreamResponse response = upstream.open(ClientFixture.post("x"), control);
        // Every second one reads less at once than there is: no socket tells of the rest.
        Turns turns = new Turns(response, cut % 2 == 0 ? 3 : 100);
        firstPartRead.release();
        assertThat(turns.run()).isTrue();
        response.release();
        assertThat(turns.failure.get()).as("cut at %s", cut).isNull();
        assertThat(turns.all.toString(StandardCharsets.UTF_8)).as("cut at %s", cut).isEqualTo(TEXT);
      }
      control.close();
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.failures()).isEmpty();
    }
  }

  @Test
  void turnsAndReadsMayAlternate() throws Exception {
    Semaphore go = new Semaphore(0);
    during(
        peer -> {
          peer.write(HEAD);
          for (int i = 0; i < 100; i++) {
            go.acquire();
            peer.write("1\r\n" + (char) ('a' + i % 26) + "\r\n");
          }
          peer.write("0\r\n\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          byte[] one = new byte[1];
          StringBuilder all = new StringBuilder();
          for (int i = 0; i < 100; i++) {
            if (i % 2 == 0) {
              boolean turned =
                  response.turns(
                      loop,
                      () -> {
                        try {
                          int n = response.read(one, 0, 1);
                          if (n == 0) {
                            go.release(); // only now: the first turn finds nothing
                          }
                          return n == 0;
                        } catch (UpstreamException e) {
                          throw new UncheckedIOException(e);
                        }
                      });
              assertThat(turned).isTrue();
            } else {
              go.release();
              assertThat(response.read(one, 0, 1)).isEqualTo(1);
            }
            all.append((char) one[0]);
          }
          assertThat(response.read(one, 0, 1)).isEqualTo(-1);
          assertThat(all.toString()).startsWith("abcdefghijklmnopqrstuvwxyzabc").hasSize(100);
        });
  }

  @Test
  void aBodyThatBreaksOffIsTold() throws Exception {
    during(
        peer -> {
          peer.write(HEAD + "9\r\nabc");
        },
        (response, control) -> {
          Turns turns = new Turns(response, 100);
          assertThat(turns.run()).isTrue();
          assertThat(turns.all.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
          assertThat(turns.failure.get().kind()).isEqualTo(UpstreamException.Kind.BODY_CUT);
          assertThat(response.turns(loop, () -> true)).isFalse();
        });
  }

  @Test
  void aCallCancelledBetweenTurnsGoesOnAtOnce() throws Exception {
    during(
        peer -> {
          peer.write(HEAD + "3\r\nabc\r\n");
          peer.readRequest(); // until the client closes
        },
        (response, control) -> {
          Turns turns = new Turns(response, 100);
          Thread canceller =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        turns.taken.acquireUninterruptibly(3);
                        control.cancel();
                      });
          assertThat(turns.run()).isTrue();
          canceller.join();
          assertThat(turns.toldBy(response)).isEqualTo(UpstreamException.Kind.CANCELLED);
        });
  }

  @Test
  void aClockThatRunsOutBetweenTurnsIsTold() throws Exception {
    during(
        peer -> {
          peer.write(HEAD + "3\r\nabc\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          control.clock(
              UpstreamException.Kind.CONTENT_GAP_TIMEOUT,
              System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(30));
          Turns turns = new Turns(response, 100);
          assertThat(turns.run()).isTrue();
          assertThat(turns.toldBy(response)).isEqualTo(UpstreamException.Kind.CONTENT_GAP_TIMEOUT);
        });
  }

  @Test
  void whatATurnThrowsIsThrownToTheCaller() throws Exception {
    during(
        peer -> {
          peer.write(HEAD + "3\r\nabc\r\n0\r\n\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          assertThatThrownBy(
                  () ->
                      response.turns(
                          loop,
                          () -> {
                            throw new IllegalStateException("planted");
                          }))
              .hasMessage("planted");
          assertThat(ClientFixture.text(response)).isEqualTo("abc");
        });
  }

  @Test
  void anInterruptedThreadGoesOnAsFromAnInterruptedRead() throws Exception {
    during(
        peer -> {
          peer.write(HEAD + "3\r\nabc\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          Turns turns = new Turns(response, 100);
          Thread waiting = Thread.currentThread();
          Thread interrupter =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        turns.taken.acquireUninterruptibly(3);
                        waiting.interrupt();
                      });
          assertThat(turns.run()).isTrue();
          assertThat(Thread.interrupted()).isTrue();
          interrupter.join();
          assertThatThrownBy(() -> response.read(new byte[1], 0, 1))
              .isInstanceOf(UpstreamException.class);
        });
  }

  @Test
  void goesOnByItselfWhenTheLoopEnds() throws Exception {
    Semaphore ended = new Semaphore(0);
    during(
        peer -> {
          peer.write(HEAD + "3\r\nabc\r\n");
          ended.acquire();
          peer.write("3\r\ndef\r\n0\r\n\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          Turns turns = new Turns(response, 100);
          Thread closer =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        turns.taken.acquireUninterruptibly(3);
                        loop.close();
                      });
          assertThat(turns.run()).isTrue();
          closer.join();
          ended.release();
          assertThat(response.turns(loop, () -> true)).isFalse();
          assertThat(ClientFixture.text(response)).isEqualTo("def");
        });
  }

  @Test
  void compressedBodiesAreReadByTheirOwnThreadOnly() throws Exception {
    during(
        peer -> {
          peer.write(
              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
          peer.readRequest();
        },
        (response, control) -> {
          assertThat(response.turns(loop, () -> true)).isFalse();
        });
  }
}
