using System.Globalization;
using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>Reads one sensor of an asset; its <c>type</c> says which.</summary>
internal static class SensorParser
{
    private enum SensorType
    {
        DigitalInput,
        DigitalOutput,
        Contactor,
        PulseMeter,
        Ultrasonic,
        Iio,
        IioCapture,
        Hwmon,
        I2cRegister,
    }

    /// <summary>Null when its type is not known: then its keys cannot be judged.</summary>
    public static SensorOptions? Parse(ConfigurationNode node)
    {
        var type = node.Choice<SensorType>(
            "type",
            null,
            ("digital-input", SensorType.DigitalInput),
            ("digital-output", SensorType.DigitalOutput),
            ("contactor", SensorType.Contactor),
            ("pulse-meter", SensorType.PulseMeter),
            ("ultrasonic", SensorType.Ultrasonic),
            ("iio", SensorType.Iio),
            ("iio-capture", SensorType.IioCapture),
            ("hwmon", SensorType.Hwmon),
            ("i2c-register", SensorType.I2cRegister));
        if (type is null)
        {
            return null;
        }

        SensorOptions sensor = type switch
        {
            SensorType.DigitalInput => new DigitalInputOptions { Point = node.Text("point"), Line = Input(node.Object("line")) },
            SensorType.DigitalOutput => new DigitalOutputOptions { Point = node.Text("point"), Line = Output(node.Object("line")), Initial = node.Flag("initial", false), Safe = Safe(node) },
            SensorType.Contactor => Contactor(node),
            SensorType.PulseMeter => PulseMeter(node),
            SensorType.Ultrasonic => Ultrasonic(node),
            SensorType.Iio => Kernel(node, KernelSubsystem.Iio),
            SensorType.IioCapture => Capture(node),
            SensorType.Hwmon => Kernel(node, KernelSubsystem.Hwmon),
            _ => I2cRegister(node),
        };
        sensor = sensor with { Note = node.OptionalText("note") };
        node.Done();
        return sensor;
    }

    private static ContactorOptions Contactor(ConfigurationNode node) => new()
    {
        Coil = Output(node.Object("coil")),
        NormallyOpen = Input(node.Object("normallyOpen")),
        NormallyClosed = node.OptionalObject("normallyClosed") is { } contact ? Input(contact) : null,
        TravelTime = node.OptionalMilliseconds("travelTimeMs", 1, 10_000) ?? TimeSpan.FromMilliseconds(200),
        Initial = node.Flag("initial", false),
        Safe = Safe(node),
    };

    private static PulseMeterOptions PulseMeter(ConfigurationNode node)
    {
        var perKilowattHour = node.OptionalNumber("pulsesPerKilowattHour", 0.001, 1e6);
        var perPulse = node.OptionalNumber("unitPerPulse", 1e-9, 1e9);
        if (perKilowattHour is null == perPulse is null)
        {
            node.Refuse("pulsesPerKilowattHour", "give either this (for a total in Wh) or unitPerPulse");
        }

        var line = node.OptionalObject("line");
        var counter = node.OptionalObject("counter");
        if (line is null == counter is null)
        {
            node.Refuse("line", "give either this (edges of a GPIO line) or counter (a count of the kernel)");
        }

        return new PulseMeterOptions
        {
            Line = line is null ? null : Input(line),
            Counter = counter is null ? null : Counter(counter),
            UnitPerPulse = perPulse ?? 1000 / (perKilowattHour ?? 1),
            Point = node.OptionalText("point") ?? "energy_wh",
            Unit = node.OptionalText("unit") ?? "Wh",
            MaximumRate = node.OptionalNumber("maximumRate", 1e-9, 1e9),
            RatePoint = node.OptionalText("ratePoint") ?? (perKilowattHour is null ? null : "power_w"),
        };
    }

    private static PulseCounterOptions Counter(ConfigurationNode node)
    {
        var counter = new PulseCounterOptions
        {
            Device = node.Text("device"),
            Count = node.Whole("count", 0, 255, 0),
            Ceiling = node.Whole("ceiling", 1, int.MaxValue, 0) is > 0 and var ceiling ? (ulong)ceiling : null,
            Poll = node.OptionalMilliseconds("pollMs", 10, 60_000) ?? TimeSpan.FromMilliseconds(100),
        };
        node.Done();
        return counter;
    }

    private static UltrasonicOptions Ultrasonic(ConfigurationNode node) => new()
    {
        Trigger = Output(node.Object("trigger")),
        Echo = Input(node.Object("echo")),
        Interval = node.OptionalMilliseconds("intervalMs", 70, 3_600_000) ?? TimeSpan.FromSeconds(1),
        AirTemperature = node.OptionalNumber("airTemperature", -40, 85) ?? 20,
        Median = node.Whole("median", 1, 9, 3),
        Measured = Measured(node, minimum: 20, maximum: 4000, resolution: 1),
    };

    private static KernelSensorOptions Kernel(ConfigurationNode node, KernelSubsystem subsystem)
    {
        var options = new KernelSensorOptions
        {
            Subsystem = subsystem,
            Device = Device(node),
            Channel = node.Text("channel"),
            Attributes = node.Texts("attributes"),
            Samples = node.Whole("samples", 1, 1000, 1),
            Statistic = Statistic(node),
            Measured = Measured(node, minimum: -BoardPoint.NoLimit, maximum: BoardPoint.NoLimit, resolution: 0.001),
        };
        if (options.Channel.Length > 0 && options.ChannelUnit is null && !node.Has("unit"))
        {
            node.Refuse("unit", $"must be given: channel '{options.Channel}' does not tell its unit");
        }

        return options;
    }

    private static IioCaptureOptions Capture(ConfigurationNode node) => new()
    {
        Device = Device(node),
        Trigger = node.OptionalText("trigger"),
        BufferLength = node.Whole("bufferLength", 2, 65_536, 1024),
        Samples = node.Whole("samples", 1, 100_000, 1),
        Statistic = Statistic(node),
        Attributes = node.Texts("attributes"),
        Channels = [.. node.List("channels", required: true).Select(Channel)],
    };

    private static (string Channel, MeasuredPointOptions Measured) Channel(ConfigurationNode node)
    {
        var channel = (Name: node.Text("channel"), Measured: Measured(node, minimum: -BoardPoint.NoLimit, maximum: BoardPoint.NoLimit, resolution: 0.001));
        node.Done();
        if (channel.Name.Length > 0 && !node.Has("unit") && Iio.IioUnit.Of(channel.Name) is null)
        {
            node.Refuse("unit", $"must be given: channel '{channel.Name}' does not tell its unit");
        }

        return channel;
    }

    private static KernelDeviceAddress Device(ConfigurationNode node)
    {
        var device = new KernelDeviceAddress(node.OptionalText("device"), node.OptionalText("label"), node.OptionalText("bus"), node.OptionalHex("address", 0x08, 0x77));
        if (!node.Has("device") && !node.Has("label") && !node.Has("address"))
        {
            node.Refuse("device", "give the device's name, its label or its address, so that it is known again whatever its number is");
        }

        return device;
    }

    private static SampleStatistic Statistic(ConfigurationNode node) =>
        node.Choice<SampleStatistic>("statistic", SampleStatistic.Mean, ("mean", SampleStatistic.Mean), ("rms", SampleStatistic.Rms))!.Value;

    private static I2cRegisterOptions I2cRegister(ConfigurationNode node)
    {
        var options = new I2cRegisterOptions
        {
            Bus = node.Text("bus"),
            Address = node.Hex("address", 0x08, 0x77),
            Register = node.Hex("register", 0, 0xff),
            Format = node.Choice<I2cRegisterFormat>(
                "format",
                null,
                ("u8", I2cRegisterFormat.Unsigned8),
                ("s8", I2cRegisterFormat.Signed8),
                ("u16be", I2cRegisterFormat.Unsigned16),
                ("s16be", I2cRegisterFormat.Signed16),
                ("u16le", I2cRegisterFormat.Unsigned16LowFirst),
                ("s16le", I2cRegisterFormat.Signed16LowFirst)) ?? default,
            Measured = Measured(node, minimum: -BoardPoint.NoLimit, maximum: BoardPoint.NoLimit, resolution: 0.001),
        };
        if (!node.Has("unit"))
        {
            node.Refuse("unit", "must be given: a register does not tell its unit");
        }

        return options;
    }

    private static MeasuredPointOptions Measured(ConfigurationNode node, double minimum, double maximum, double resolution)
    {
        var measured = new MeasuredPointOptions
        {
            Point = node.Text("point"),
            Unit = node.OptionalText("unit"),
            Scale = node.OptionalNumber("scale", -1e9, 1e9) ?? 1,
            Offset = node.OptionalNumber("offset", -1e9, 1e9) ?? 0,
            Resolution = node.OptionalNumber("resolution", 1e-9, 1e9) ?? resolution,
            Minimum = node.OptionalNumber("minimum", -1e9, 1e9) ?? minimum,
            Maximum = node.OptionalNumber("maximum", -1e9, 1e9) ?? maximum,
            Threshold = node.OptionalObject("threshold") is { } threshold ? Threshold(threshold) : null,
        };
        if (measured.Minimum >= measured.Maximum)
        {
            node.Refuse("minimum", string.Create(CultureInfo.InvariantCulture, $"{measured.Minimum} must be below maximum {measured.Maximum}"));
        }

        return measured;
    }

    private static ThresholdOptions Threshold(ConfigurationNode node)
    {
        var above = node.OptionalNumber("above", -1e9, 1e9);
        var below = node.OptionalNumber("below", -1e9, 1e9);
        if (above is null == below is null)
        {
            node.Refuse("above", "give either this or below");
        }

        var options = new ThresholdOptions
        {
            Point = node.Text("point"),
            Limit = above ?? below ?? 0,
            Above = above is not null,
            Hysteresis = node.OptionalNumber("hysteresis", 0, 1e9) ?? 0,
        };
        node.Done();
        return options;
    }

    // "hold" leaves the last value.
    private static bool? Safe(ConfigurationNode node) => node.Choice<int>("safe", 0, ("off", 0), ("on", 1), ("hold", 2)) switch { 0 => false, 1 => true, _ => null };

    private static GpioLineOptions Input(ConfigurationNode node)
    {
        var line = new GpioLineOptions
        {
            Chip = node.Text("chip"),
            Line = node.Text("line"),
            ActiveLow = node.Flag("activeLow", false),
            Bias = node.Choice<GpioBias>("bias", GpioBias.AsIs, ("as-is", GpioBias.AsIs), ("disabled", GpioBias.Disabled), ("pull-up", GpioBias.PullUp), ("pull-down", GpioBias.PullDown))!.Value,
            Debounce = node.OptionalMilliseconds("debounceMs", 0, 3_600_000) ?? TimeSpan.Zero,
            Poll = node.OptionalMilliseconds("pollMs", 5, 60_000),
        };
        node.Done();
        return line;
    }

    private static GpioLineOptions Output(ConfigurationNode node)
    {
        var line = new GpioLineOptions
        {
            Chip = node.Text("chip"),
            Line = node.Text("line"),
            ActiveLow = node.Flag("activeLow", false),
            Drive = node.Choice<GpioDrive>("drive", GpioDrive.PushPull, ("push-pull", GpioDrive.PushPull), ("open-drain", GpioDrive.OpenDrain), ("open-source", GpioDrive.OpenSource))!.Value,
        };
        node.Done();
        return line;
    }
}
