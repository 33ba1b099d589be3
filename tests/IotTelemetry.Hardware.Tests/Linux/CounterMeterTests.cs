using IotTelemetry.Hardware.Linux;
using IotTelemetry.Hardware.Sensors;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Hardware.Tests.Linux;

/// <summary>A meter by the kernel's counter subsystem, on a tree of files laid out as ABI/testing/sysfs-bus-counter says.</summary>
public sealed class CounterMeterTests : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("iot-counter-").FullName;
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly List<CounterMeter> _meters = [];
    private BoardBuilder? _board;

    [LinuxFact]
    public void Counter_is_found_by_its_name_and_switched_on()
    {
        Device(0, "another", 7);
        Device(1, "meter", 0);
        Write(1, "enable", "0");
        var meter = Open();

        Count(3, device: 1);
        meter.Poll();

        Assert.Equal(3, Total().Value);
        Assert.Equal(RawQuality.Good, Total().Quality);
        Assert.Equal("1", File.ReadAllText(Attribute(1, "enable")).Trim());
    }

    [LinuxFact]
    public void Total_begins_at_zero_whatever_the_counter_has_counted_before()
    {
        Device(0, "meter", 5000);
        var meter = Open();
        Assert.Equal(0, Total().Value);
        Count(5001);
        meter.Poll();

        Assert.Equal(1, Total().Value);
    }

    [LinuxFact]
    public void Count_that_wraps_at_its_ceiling_goes_on()
    {
        Device(0, "meter", 65_530);
        Write(0, "ceiling", "65535");
        var meter = Open();
        Count(4);
        meter.Poll();

        Assert.Equal(10, Total().Value);
        Assert.Equal(RawQuality.Good, Total().Quality);
    }

    [LinuxFact]
    public void Ceiling_of_the_configuration_stands_in_for_a_driver_that_does_not_tell()
    {
        Device(0, "meter", 65_535);
        var meter = Open(ceiling: 65_535);
        Count(0);
        meter.Poll();

        Assert.Equal(1, Total().Value);
    }

    [LinuxFact]
    public void Count_of_32_bits_that_the_driver_sign_extends_goes_on()
    {
        // drivers/counter/interrupt-cnt.c gives an int as u64.
        Device(0, "meter", int.MaxValue);
        var meter = Open();
        Count(unchecked((ulong)int.MinValue));
        meter.Poll();
        Assert.Equal(1, Total().Value);

        Count(ulong.MaxValue);
        meter.Poll();
        Assert.Equal(1.0 + int.MaxValue, Total().Value);

        Count(0);
        meter.Poll();
        Assert.Equal(2.0 + int.MaxValue, Total().Value);
    }

    [LinuxFact]
    public void Count_that_goes_backwards_was_reset_and_makes_the_total_doubtful_once()
    {
        Device(0, "meter", 1000);
        var meter = Open();
        Count(1010);
        meter.Poll();
        Count(2);
        meter.Poll();
        Assert.Equal((10, RawQuality.Uncertain), (Total().Value, LastQuality));

        Count(5);
        meter.Poll();
        Assert.Equal((13, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Pulses_while_the_agent_was_away_are_counted_within_a_boot()
    {
        Device(0, "meter", 65_000);
        Write(0, "ceiling", "65535");
        Open();
        Count(65_500);
        _meters[^1].Poll();
        _meters[^1].Dispose();

        Count(64);
        Open();
        Assert.Equal((600, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Counter_begins_anew_with_the_boot_and_the_total_goes_on_doubtful_once()
    {
        Device(0, "meter", 0);
        var meter = Open();
        Count(500);
        meter.Poll();
        meter.Dispose();

        Count(600);
        meter = Open(boot: "second");
        Assert.Equal((500, RawQuality.Uncertain), (Total().Value, LastQuality));
        Count(601);
        meter.Poll();
        Assert.Equal((501, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Another_counter_under_the_same_total_begins_anew()
    {
        Device(0, "meter", 0);
        var meter = Open();
        Count(500);
        meter.Poll();
        meter.Dispose();

        Device(1, "spare", 9000);
        meter = Open(device: "spare");
        Assert.Equal((500, RawQuality.Uncertain), (Total().Value, LastQuality));
        Count(9001, device: 1);
        meter.Poll();
        Assert.Equal((501, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Counter_that_vanishes_is_bad_and_is_found_again_under_another_number()
    {
        Device(0, "meter", 0);
        var meter = Open();
        Count(20);
        meter.Poll();
        Directory.Delete(Folder(0), recursive: true);
        meter.Poll();
        Assert.Equal((20, RawQuality.Bad), (Total().Value, LastQuality));

        Device(3, "meter", 0);
        meter.Poll();
        Assert.Equal((20, RawQuality.Uncertain), (Total().Value, LastQuality));
        Count(1, device: 3);
        meter.Poll();
        Assert.Equal((21, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Count_is_followed_on_the_board_s_loop()
    {
        Device(0, "meter", 0);
        using var loop = new EpollLoop(TimeProvider.System);
        using var stopping = new CancellationTokenSource();
        Make().Start(loop);
        loop.After(Poll / 2, () => Count(5));
        loop.After(Poll * 5, stopping.Cancel);
        loop.Run(stopping.Token);

        Assert.Equal((5, RawQuality.Good), (Total().Value, LastQuality));
    }

    [LinuxFact]
    public void Missing_counter_is_bad_until_it_comes()
    {
        var meter = Open();
        Assert.Equal(RawQuality.Bad, Total().Quality);
        Device(0, "meter", 9);
        meter.Poll();
        Assert.Equal(RawQuality.Good, Total().Quality);
    }

    [LinuxFact]
    public void Power_is_of_many_polls_and_falls_as_the_next_pulse_stays_away()
    {
        Device(0, "meter", 0);
        var meter = Open();
        for (var i = 1ul; i <= 12; i++)
        {
            _time.Advance(Poll);
            Count(i);
            meter.Poll();
        }

        // 1 Wh each 0.1 s.
        Assert.Equal(36_000, Read(1).Value, 6);
        _time.Advance(Poll * 100);
        meter.Poll();
        Assert.Equal(360, Read(1).Value, 6);
    }

    public void Dispose()
    {
        foreach (var meter in _meters)
        {
            meter.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private RawQuality LastQuality { get; set; }

    private CounterMeter Open(string boot = "first", ulong? ceiling = null, string device = "meter")
    {
        var meter = Make(boot, ceiling, device);
        meter.Open();
        return meter;
    }

    private CounterMeter Make(string boot = "first", ulong? ceiling = null, string device = "meter")
    {
        var asset = new LinuxAssetOptions { Asset = new BoardAsset("m", "meter", null, null, new Dictionary<string, string>()), Sensors = [] };
        _board = new BoardBuilder(new LinuxBoardOptions { Name = "t", StateDirectory = Path.Combine(_folder, "state"), Assets = [asset] }, _time, NullLogger.Instance);
        var counter = new PulseCounterOptions { Device = device, Ceiling = ceiling, Poll = Poll };
        var meter = CounterMeter.Build(new PulseMeterOptions { Counter = counter, UnitPerPulse = 1 }, counter, _board, 0, _folder, boot);
        _meters.Add(meter);
        return meter;
    }

    private RawValue Total()
    {
        var value = Read(0);
        LastQuality = value.Quality;
        return value;
    }

    private RawValue Read(int point) => _board!.Sources[point].Read();

    private string Folder(int device) => $"{_folder}/bus/counter/devices/counter{device}";

    private string Attribute(int device, string name) => $"{Folder(device)}/count0/{name}";

    private void Device(int number, string name, ulong count)
    {
        Directory.CreateDirectory($"{Folder(number)}/count0");
        File.WriteAllText($"{Folder(number)}/name", name + "\n");
        Count(count, number);
    }

    private void Count(ulong count, int device = 0) => Write(device, "count", count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private void Write(int device, string name, string text) => File.WriteAllText(Attribute(device, name), text + "\n");
}
