package fairlead.cache.store;

import static fairlead.cache.store.Entries.NOW;
import static fairlead.cache.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.Flight.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlightsTest {
  private static final long LONG_AGO = System.nanoTime() - 1;

  private @Nullable CacheEntry stored;
  private final Flights flights = new Flights((_, _, _) -> stored, 3);

  private Flight enter(long key) {
    return again(null, key);
  }

  @Test
  void theFirstLeadsAndTheOthersWaitForItsAnswer() {
    Flight leader = enter(1);
    Flight follower = enter(1);
    Flight other = enter(2);
    assertThat(leader.stage()).isEqualTo(Stage.LEADS);
    assertThat(other.stage()).isEqualTo(Stage.LEADS);
    assertThat(follower.stage()).isEqualTo(Stage.WAITS);
    assertThat(flights.flying()).isEqualTo(2);
    CacheEntry answer = entry(1);
    leader.land(answer);
    assertThat(follower.await(Long.MAX_VALUE)).isEqualTo(Stage.LANDED);
    assertThat(follower.entry()).isSameAs(answer);
    assertThat(flights.flying()).isEqualTo(1);
    other.close();
    assertThat(flights.flying()).isZero();
  }

  @Test
  void aPlaceThatNobodyElseKnowsMayBeUsedAgain() {
    Flight place = enter(1);
    assertThat(place.isReusable()).isFalse();
    assertThatThrownBy(() -> again(place, 2)).isInstanceOf(IllegalStateException.class);
    place.close();
    assertThat(place.isReusable()).isTrue();
    assertThat(again(place, 2)).isSameAs(place);
    assertThat(place.leads()).isTrue();
    Flight follower = enter(2);
    assertThat(follower.stage()).isEqualTo(Stage.WAITS);
    assertThat(enter(1).leads()).isTrue(); // of its old key nothing is left
    CacheEntry answer = entry(2);
    place.land(answer);
    assertThat(follower.entry()).isSameAs(answer);
    assertThat(place.isReusable()).isFalse(); // it was followed
    assertThat(follower.isReusable()).isFalse();
  }

  @Test
  void aPlaceThatOthersMayStillKnowIsNotUsedAgain() {
    Flight leader = enter(1);
    Flight gone = enter(1);
    Flight heir = enter(1);
    gone.close(); // and is in the leader's queue
    assertThat(gone.isReusable()).isFalse();
    leader.close();
    assertThat(leader.isReusable()).isFalse(); // it stands for the flight that the heir leads
    assertThat(heir.leads()).isTrue();
    heir.close();
    assertThat(heir.isReusable()).isFalse();
    assertThat(flights.flying()).isZero();
    stored = entry(3);
    Flight found = again(null, 3);
    assertThat(found.stage()).isEqualTo(Stage.LANDED);
    found.close();
    assertThat(found.isReusable()).isFalse();
    assertThatThrownBy(() -> again(found, 4)).isInstanceOf(IllegalStateException.class);
  }

  private Flight again(@Nullable Flight used, long key) {
    return enter(used, ~key, key);
  }

  private Flight enter(@Nullable Flight used, long high, long low) {
    return flights.enter(used, high, low, NOW, Long.MIN_VALUE, Flights.UNKNOWN);
  }

  @Test
  void whoWouldLeadLooksIntoTheStoreOnceMore() {
    stored = entry(1);
    Flight place = enter(1);
    assertThat(place.stage()).isEqualTo(Stage.LANDED);
    assertThat(place.entry()).isSameAs(stored);
    assertThat(flights.flying()).isZero();
  }

  @Test
  void aFailureIsHandedToTheOneWhoHasWaitedLongest() {
    Flight leader = enter(1);
    assertThat(leader.isFollowed()).isFalse();
    Flight second = enter(1);
    assertThat(leader.isFollowed()).isTrue();
    Flight third = enter(1);
    leader.giveUp();
    assertThat(second.stage()).isEqualTo(Stage.LEADS);
    assertThat(third.stage()).isEqualTo(Stage.WAITS);
    Flight fourth = enter(1);
    second.giveUp();
    assertThat(third.stage()).isEqualTo(Stage.LEADS);
    assertThat(fourth.stage()).isEqualTo(Stage.WAITS);
    CacheEntry answer = entry(1);
    third.land(answer);
    assertThat(fourth.entry()).isSameAs(answer);
    assertThat(leader.stage()).isEqualTo(Stage.ENDED);
    assertThat(flights.flying()).isZero();
  }

  @Test
  void aFollowerThatHasLeftDoesNotLead() {
    Flight leader = enter(1);
    Flight impatient = enter(1);
    Flight cancelled = enter(1);
    Flight patient = enter(1);
    assertThat(impatient.await(LONG_AGO)).isEqualTo(Stage.TIMED_OUT);
    assertThat(cancelled.cancel()).isTrue();
    assertThat(cancelled.await(Long.MAX_VALUE)).isEqualTo(Stage.CANCELLED);
    leader.close();
    assertThat(patient.await(Long.MAX_VALUE)).isEqualTo(Stage.LEADS);
    patient.close();
    assertThat(flights.flying()).isZero();
  }

  @Test
  void whatMayNotBeSharedSendsAllOnTheirOwnWay() {
    Flight leader = enter(1);
    Flight second = enter(1);
    Flight third = enter(1);
    leader.landUnshared();
    assertThat(second.stage()).isEqualTo(Stage.ALONE);
    assertThat(third.stage()).isEqualTo(Stage.ALONE);
    assertThat(enter(1).leads()).isTrue();
    second.land(entry(1)); // nobody's, and no harm
    assertThat(third.stage()).isEqualTo(Stage.ALONE);
    assertThatThrownBy(third::entry).hasMessageContaining("ALONE");
  }

  @Test
  void aboveTheBoundCallersGoAlone() {
    Flight leader = enter(1);
    for (int i = 0; i < 3; i++) {
      assertThat(enter(1).stage()).isEqualTo(Stage.WAITS);
    }
    assertThat(enter(1).stage()).isEqualTo(Stage.ALONE);
    leader.land(entry(1));
    assertThat(enter(1).leads()).isTrue();
  }

  @Test
  void closingIsLeavingAndMayBeRepeated() {
    Flight leader = enter(1);
    Flight follower = enter(1);
    follower.close();
    follower.close();
    assertThat(follower.stage()).isEqualTo(Stage.CANCELLED);
    leader.close();
    leader.close();
    leader.land(entry(1));
    assertThat(leader.stage()).isEqualTo(Stage.ENDED);
    assertThat(flights.flying()).isZero();
  }

  @Test
  void anHeirWhoClosesWithoutKnowingPassesTheLeadOn() {
    Flight leader = enter(1);
    Flight heir = enter(1);
    Flight last = enter(1);
    leader.giveUp();
    assertThat(heir.cancel()).isFalse();
    heir.close();
    assertThat(last.stage()).isEqualTo(Stage.LEADS);
  }

  @Test
  void keysInOneBucketAreDifferentCalls() {
    List<Flight> leaders = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      leaders.add(enter(null, i, 1));
    }
    assertThat(leaders).allMatch(Flight::leads);
    assertThat(flights.flying()).isEqualTo(10);
    leaders.get(5).close();
    leaders.get(0).close();
    leaders.get(9).close();
    assertThat(flights.flying()).isEqualTo(7);
    assertThat(enter(null, 5, 1).leads()).isTrue();
    assertThat(enter(null, 4, 1).leads()).isFalse();
  }

  @Test
  void anInterruptedThreadDoesNotWait() throws InterruptedException {
    Flight leader = enter(1);
    Stage[] seen = new Stage[1];
    boolean[] stillInterrupted = new boolean[1];
    CountDownLatch inside = new CountDownLatch(1);
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              Flight follower = enter(1);
              inside.countDown();
              seen[0] = follower.await(Long.MAX_VALUE);
              stillInterrupted[0] = Thread.currentThread().isInterrupted();
            });
    inside.await();
    thread.interrupt();
    thread.join();
    assertThat(seen[0]).isEqualTo(Stage.CANCELLED);
    assertThat(stillInterrupted[0]).isTrue();
    leader.close();
  }

  @Test
  void aDeadlineEndsTheWait() {
    Flight leader = enter(1);
    Flight follower = enter(1);
    long start = System.nanoTime();
    assertThat(follower.await(start + TimeUnit.MILLISECONDS.toNanos(20)))
        .isEqualTo(Stage.TIMED_OUT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
    leader.land(entry(1));
    assertThat(follower.stage()).isEqualTo(Stage.TIMED_OUT);
  }
}
