package fairlead.cache.store;

import static fairlead.cache.store.Entries.NOW;
import static fairlead.cache.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.Flight.Stage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every order of the steps of up to four callers, with every behaviour of each: looking into the
 * store, entering, storing, landing, giving up, leaving while it waits. Looking and storing have
 * two steps each where callers count additions to look only once.
 */
class FlightSchedulesTest {
  /** What a caller does when it leads, or instead of waiting. */
  private enum Behaviour {
    LANDS,
    FAILS,
    UNSHARED,
    LEAVES
  }

  private static final long NOT_READ = Flights.UNKNOWN;

  /** One caller, advanced by steps. */
  private static final class Caller {
    final Behaviour behaviour;
    @Nullable Flight flight;
    long additions = NOT_READ;
    boolean looked;
    boolean putIntoStore;
    boolean counted;
    boolean left;
    boolean asked;
    boolean finished;
    @Nullable CacheEntry got;

    Caller(Behaviour behaviour) {
      this.behaviour = behaviour;
    }
  }

  private static final class World implements Flights.Stored {
    final CacheEntry answer = entry(1);
    final boolean counts;
    @Nullable CacheEntry stored;
    long additions;
    final Flights flights = new Flights(this, 10, 1);
    final Caller[] callers;
    int askedAfterStored;

    World(boolean counts, Behaviour[] behaviours) {
      this.counts = counts;
      callers = new Caller[behaviours.length];
      for (int i = 0; i < callers.length; i++) {
        callers[i] = new Caller(behaviours[i]);
      }
    }

    @Override
    public @Nullable CacheEntry exact(long high, long low, long nowMillis) {
      return stored;
    }

    @Override
    public long additions() {
      return additions;
    }

    boolean canStep(Caller caller) {
      if (caller.finished) {
        return false;
      }
      Flight flight = caller.flight;
      return flight == null
          || flight.stage() != Stage.WAITS
          || (caller.behaviour == Behaviour.LEAVES && !caller.left);
    }

    /** One atomic step of the caller's program. */
    void step(Caller caller) {
      Flight flight = caller.flight;
      if (flight == null) {
        if (counts && caller.additions == NOT_READ) {
          caller.additions = additions;
        } else if (!caller.looked) {
          caller.looked = true;
          caller.got = stored;
          caller.finished = stored != null;
        } else {
          caller.flight = flights.enter(null, ~1, 1, NOW, Long.MIN_VALUE, caller.additions);
        }
        return;
      }
      switch (flight.stage()) {
        case WAITS -> {
          caller.left = true;
          flight.cancel();
        }
        case LANDED -> {
          caller.got = flight.entry();
          caller.finished = true;
        }
        case TIMED_OUT, CANCELLED, ENDED -> caller.finished = true;
        case ALONE -> {
          caller.asked = true;
          caller.finished = true;
        }
        case LEADS -> lead(caller, flight);
      }
    }

    private void lead(Caller caller, Flight flight) {
      if (!caller.asked) {
        caller.asked = true;
        if (stored != null) {
          askedAfterStored++;
        }
        return;
      }
      switch (caller.behaviour) {
        case LANDS -> {
          if (!caller.putIntoStore) {
            caller.putIntoStore = true;
            stored = answer;
            return;
          }
          if (counts && !caller.counted) {
            caller.counted = true;
            additions++;
            return;
          }
          flight.land(answer);
        }
        case FAILS -> flight.giveUp();
        case UNSHARED -> flight.landUnshared();
        case LEAVES -> flight.close();
      }
      caller.finished = true;
    }

    int leaders() {
      int leaders = 0;
      for (Caller caller : callers) {
        Flight flight = caller.flight;
        leaders += flight != null && flight.leads() ? 1 : 0;
      }
      return leaders;
    }
  }

  private long schedules;

  @Test
  void everyOrderOfThreeCallersEndsWellForAll() {
    Behaviour[] all = Behaviour.values();
    for (Behaviour a : all) {
      for (Behaviour b : all) {
        for (Behaviour c : all) {
          explore(false, new Behaviour[] {a, b, c}, new int[64], 0);
        }
      }
    }
    assertThat(schedules).isGreaterThan(500_000);
  }

  @Test
  void whoSawNothingComeInNeedNotLookAgain() {
    Behaviour[] all = Behaviour.values();
    for (Behaviour other : all) {
      explore(true, new Behaviour[] {Behaviour.LANDS, other}, new int[64], 0);
    }
    explore(
        true, new Behaviour[] {Behaviour.LANDS, Behaviour.FAILS, Behaviour.LANDS}, new int[64], 0);
    assertThat(schedules).isGreaterThan(50_000);
  }

  @Test
  @Tag("slow")
  void everyOrderOfFourCallersOfWhomOneLands() {
    explore(
        false,
        new Behaviour[] {Behaviour.FAILS, Behaviour.LANDS, Behaviour.LEAVES, Behaviour.LANDS},
        new int[64],
        0);
    assertThat(schedules).isGreaterThan(2_000_000);
  }

  /** Depth first; a world cannot be copied, so each schedule is run again from its start. */
  private void explore(boolean counts, Behaviour[] behaviours, int[] schedule, int length) {
    World world = new World(counts, behaviours);
    for (int i = 0; i < length; i++) {
      world.step(world.callers[schedule[i]]);
    }
    boolean any = false;
    String where = null;
    for (int next = 0; next < world.callers.length; next++) {
      if (world.canStep(world.callers[next])) {
        any = true;
      }
    }
    if (world.leaders() > 1 || world.askedAfterStored > 0 || !any) {
      where = Arrays.toString(behaviours) + " " + Arrays.toString(Arrays.copyOf(schedule, length));
      assertThat(world.leaders()).as(where).isLessThanOrEqualTo(1);
      assertThat(world.askedAfterStored).as(where).isZero();
    }
    if (!any) {
      schedules++;
      check(world, String.valueOf(where));
      return;
    }
    for (int next = 0; next < world.callers.length; next++) {
      if (world.canStep(world.callers[next])) {
        schedule[length] = next;
        explore(counts, behaviours, schedule, length + 1);
      }
    }
  }

  private static void check(World world, String where) {
    int unshared = 0;
    for (Caller caller : world.callers) {
      unshared += caller.behaviour == Behaviour.UNSHARED && caller.asked ? 1 : 0;
    }
    for (Caller caller : world.callers) {
      assertThat(caller.finished).as(where).isTrue(); // nobody waits for nothing
      boolean served = caller.got == world.answer;
      assertThat(served || caller.asked || caller.left).as(where).isTrue();
      if (caller.behaviour == Behaviour.LANDS && !served && unshared == 0) {
        assertThat(caller.putIntoStore).as(where).isTrue(); // so it led
      }
    }
    assertThat(world.flights.flying()).as(where).isZero();
  }
}
