using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Sampling.Occupancy;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Sampling.Occupancy;

public sealed class OccupancyBoardTests : IDisposable
{
    private static readonly OccupancyOptions Occupied = new()
    {
        Point = "occupied",
        Method = OccupancyMethod.Distance,
        Sources = ["distance_mm"],
        Change = 500,
        Calibration = TimeSpan.FromSeconds(5),
    };

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_person_calibrates_a_bay_by_command_and_it_stays_calibrated_over_a_restart()
    {
        var sink = new Sink();
        await using (var board = Board(sink))
        {
            Assert.Equal(["distance_mm", "distance_mm", "occupied", "occupied_calibrate", "occupied", "occupied_calibrate"], board.Points.Select(p => p.Name));
            Assert.Equal((false, true), (board.Points[2].Settable, board.Points[3].Settable));
            board.Read(0);
            Assert.Equal(new RawValue(2, 0, 0, RawQuality.Bad), sink.Last(2));

            board.Write(3, 1);
            Assert.Equal(1, sink.Last(3)!.Value.Value);
            for (_nowMs = 0; _nowMs <= 5000; _nowMs += 500)
            {
                board.Read(0);
            }

            Assert.Equal(0, sink.Last(3)!.Value.Value);
            Assert.Equal(new RawValue(2, 5000, 0, RawQuality.Good), sink.Last(2));
            Assert.Null(sink.Last(4));
        }

        _distance = 1000;
        await using var again = Board(sink);
        again.Read(0);
        Assert.Equal((1.0, RawQuality.Good), (sink.Last(2)!.Value.Value, sink.Last(2)!.Value.Quality));
        again.Read(1);
        Assert.Equal(RawQuality.Bad, sink.Last(4)!.Value.Quality);
        Assert.Throws<ArgumentException>(() => again.Write(2, 1));
        Assert.Throws<ArgumentException>(() => again.Write(3, 0.5));
    }

    [Fact]
    public async Task A_file_of_calibrations_that_cannot_be_read_asks_for_new_ones_and_stops_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "calibration.json"), """{ "bay-1/occupied": { "calibrated": [1, 2], "baseline": [1, 2] }, "bay-2/occupied": null }""");
        var sink = new Sink();
        await using (var board = Board(sink))
        {
            board.Read(0);
            board.Read(1);
            Assert.Equal((RawQuality.Bad, RawQuality.Bad), (sink.Last(2)!.Value.Quality, sink.Last(4)!.Value.Quality));
        }

        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "calibration.json"), "not json");
        await using var again = Board(sink);
        again.Read(0);
        Assert.Equal(RawQuality.Bad, sink.Last(2)!.Value.Quality);
    }

    [Fact]
    public async Task A_configured_occupancy_becomes_points_of_every_bay()
    {
        var configuration = Load("""{ "taken": { "method": "distance", "from": "distance_mm", "change": 700, "hysteresis": 100, "empty": 2500, "driftPerHour": 5, "maximumDrift": 100 } }""");
        await using var plan = SamplingPlan.Make(BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance), configuration, TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Equal((3, 3), (plan.Board.Points.Count(p => p.Name == "taken"), plan.Board.Points.Count(p => p.Name == "taken_calibrate")));
        Assert.Equal(TimeSpan.FromMilliseconds(900), plan.Rules[Enumerable.Range(0, plan.Board.Points.Count).First(p => plan.Board.Points[p].Name == "taken")].Debounce);

        // What the derived point says is what the simulated bay says of itself.
        var sink = new Sink();
        using var stop = new CancellationTokenSource();
        var running = plan.Board.RunAsync(sink, stop.Token);
        for (var point = 0; point < 6; point++)
        {
            if (plan.Board.Points[point].Delivery == PointDelivery.Polled)
            {
                plan.Board.Read(point);
            }
        }

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(60));
        for (var bay = 0; bay < 3; bay++)
        {
            Assert.Equal(sink.Last(2 * bay)!.Value.Value, sink.Last(6 + (2 * bay))!.Value.Value);
        }
    }

    [Theory]
    [InlineData("""{ "occupied": { "method": "distance", "from": "distance_mm", "change": 500 } }""", "$.sampling.occupancy.occupied: is a point that bay-001 has already; give the derived one another name")]
    [InlineData("""{ "taken": { "method": "distance", "from": "range_mm", "change": 500 } }""", "$.sampling.occupancy.taken.from: is range_mm; no asset of simulated-car-park has that")]
    [InlineData("""{ "a b": { "method": "distance", "from": "distance_mm", "change": 500 } }""", "$.sampling.occupancy.a b: makes the point a b_calibrate, which ")]
    [InlineData("""{ "taken": { "method": "sonar", "from": "distance_mm", "change": 500 } }""", "$.sampling.occupancy.taken.method: is \"sonar\"; allowed: distance, magnetic")]
    [InlineData("""{ "taken": { "method": "distance", "from": ["a", "b"], "change": 500 } }""", "$.sampling.occupancy.taken.from: must name the point that measures the distance")]
    [InlineData("""{ "taken": { "method": "distance", "from": "distance_mm" } }""", "$.sampling.occupancy.taken.change: is missing; how far from the empty bay")]
    [InlineData("""{ "taken": { "method": "distance", "from": "distance_mm", "change": 500, "hysteresis": 501 } }""", "$.sampling.occupancy.taken.hysteresis: is 501; allowed: 0 to 500")]
    [InlineData("""{ "taken": { "method": "magnetic", "from": "distance_mm", "change": 500, "empty": 2 } }""", "$.sampling.occupancy.taken.empty: is given for a field")]
    public async Task A_mistake_in_an_occupancy_names_its_key_and_what_is_allowed(string occupancy, string expected)
    {
        var exception = await Assert.ThrowsAsync<ConfigurationException>(async () =>
        {
            var configuration = Load(occupancy, points: "{}");
            await SamplingPlan.Make(BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance), configuration, TimeProvider.System, NullLoggerFactory.Instance).DisposeAsync();
        });
        Assert.StartsWith(expected, Assert.Single(exception.Mistakes).ToString(), StringComparison.Ordinal);
    }

    private long _nowMs;
    private double _distance = 2500;

    private OccupancyBoard Board(IRawValueSink sink)
    {
        var stub = new StubBoard([.. Enumerable.Range(0, 2).Select(i => BoardPoint.Analog(i, "distance_mm", "mm", 1, 0, 4000))])
        {
            OnRead = point => new RawValue(point, _nowMs, _distance + (_nowMs % 3), RawQuality.Good),
        };
        var file = new CalibrationFile(Path.Combine(_directory.Path, "calibration.json"), TimeProvider.System, NullLogger.Instance);
        var board = new OccupancyBoard(stub, [Occupied], file, TimeProvider.System, NullLogger.Instance);
        _ = board.RunAsync(sink, new CancellationToken(canceled: true));
        return board;
    }

    private EdgeConfiguration Load(string occupancy, string points = """{ "taken": { "debounceMs": 900 } }""")
    {
        var path = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(path, $$"""
            { "site": "s", "gateway": "g", "state": "state", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-car-park", "count": 3 }, "health": { "intervalSeconds": 0 },
              "sampling": { "points": {{points}}, "occupancy": {{occupancy}} } }
            """);
        return ConfigurationFile.Load(path);
    }

    private sealed class Sink : IRawValueSink
    {
        private readonly Dictionary<int, RawValue> _last = [];
        private readonly Lock _gate = new();

        public void Accept(in RawValue value)
        {
            lock (_gate)
            {
                _last[value.Point] = value;
            }
        }

        public RawValue? Last(int point)
        {
            lock (_gate)
            {
                return _last.TryGetValue(point, out var value) ? value : null;
            }
        }
    }
}
