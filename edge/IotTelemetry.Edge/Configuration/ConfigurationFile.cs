using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Tls;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Hardware.Sensors.Configuration;
using IotTelemetry.Hardware.Simulation;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads a configuration file: JSON with comments and trailing commas, every mistake found in one go.</summary>
internal static class ConfigurationFile
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads and checks a file with what the environment says otherwise. Relative paths are relative to the file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="environment">In place of the process's environment.</param>
    /// <param name="opensCertificates">False leaves the files of <c>mqtt.tls</c> alone, for whom the broker does not matter: a certificate that is gone must not hold outputs back from their safe values.</param>
    /// <exception cref="ConfigurationException">It has mistakes.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static EdgeConfiguration Load(string file, IDictionary? environment = null, bool opensCertificates = true)
    {
        var mistakes = new List<ConfigurationMistake>();
        try
        {
            var text = File.ReadAllBytes(file);
            using var written = JsonDocument.Parse(text, Json);
            var places = ConfigurationPlaces.Of(text, new JsonReaderOptions { CommentHandling = Json.CommentHandling, AllowTrailingCommas = Json.AllowTrailingCommas });
            using var document = new EnvironmentOverrides(environment ?? Environment.GetEnvironmentVariables(), places).Apply(written.RootElement, mistakes);
            var configuration = Read(new ConfigurationSection(document.RootElement, "$", mistakes), Path.GetFullPath(file), places, opensCertificates);
            return mistakes.Count == 0 ? configuration! : throw new ConfigurationException(file, mistakes, places);
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException(file, [new ConfigurationMistake($"line {exception.LineNumber + 1}", $"is not JSON: {exception.Message}")]);
        }
    }

    private static EdgeConfiguration? Read(ConfigurationSection root, string file, ConfigurationPlaces places, bool opensCertificates)
    {
        var gateway = ReadGateway(root);
        var state = root.RequiredText("state", "the directory for everything that must survive a restart");
        var directory = Path.GetDirectoryName(file)!;
        var stateDirectory = Path.GetFullPath(state, directory);
        var (mqtt, tls) = ReadMqtt(root.Section("mqtt"), gateway, directory, opensCertificates);
        var board = ReadBoard(root.Section("board"), stateDirectory);
        var sampling = SamplingSection.Read(root.Section("sampling"));
        var health = ReadHealth(root.Section("health"));
        var framing = ReadFraming(root.Section("framing"));
        var outbox = ReadOutbox(root.Section("outbox"), EdgeConfiguration.OutboxDirectory(stateDirectory));
        var uplink = ReadUplink(root.Section("uplink"));
        var watchdog = ReadWatchdog(root.Section("watchdog"));
        var switching = SwitchingSections.Read(root);
        var clock = ReadClock(root.Section("clock"));
        _ = root.Text("$schema"); // for editors
        root.Done();
        return gateway is null || mqtt is null ? null : new EdgeConfiguration
        {
            File = file,
            Places = places,
            Text = $"{root.Element!.Value.GetRawText()}\n{tls?.Text}",
            BoardText = $"{stateDirectory}\n{root.Section("board").Element!.Value.GetRawText()}",
            Gateway = gateway,
            StateDirectory = stateDirectory,
            Mqtt = mqtt,
            Tls = tls,
            Board = board,
            Sampling = sampling,
            HealthInterval = health,
            Framing = framing,
            Outbox = outbox,
            Uplink = uplink,
            Watchdog = watchdog,
            Switching = switching,
            Clock = clock,
        };
    }

    private static GatewayId? ReadGateway(ConfigurationSection root)
    {
        var site = root.RequiredText("site", "the name of the place");
        var gateway = root.RequiredText("gateway", "the name of this device, unique at its site");
        if (site.Length == 0 || gateway.Length == 0)
        {
            return null;
        }

        if (GatewayId.TryParse($"{site}/{gateway}", out var id, out var problem))
        {
            return id;
        }

        root.Mistake(problem);
        return null;
    }

    private static (MqttClientOptions? Mqtt, TlsFiles? Tls) ReadMqtt(ConfigurationSection section, GatewayId? gateway, string directory, bool opensCertificates)
    {
        var endpointText = section.RequiredText("endpoint", "such as mqtt://broker:1883 or mqtts://broker:8883");
        var keepAlive = section.Integer("keepAliveSeconds", 5, 3600) ?? 30;
        var reconnect = ReadReconnect(section);
        var user = section.Text("user");
        var password = section.Text("password");
        var tls = new TlsSection(section.Section("tls"), directory, opensCertificates).Read();
        section.Done();
        if (endpointText.Length == 0)
        {
            return (null, tls);
        }

        if (!BrokerEndpoint.TryParse(endpointText, out var endpoint, out var problem))
        {
            section.Mistake("endpoint", problem);
            return (null, tls);
        }

        if (section.Has("tls") && !endpoint.IsSecure)
        {
            section.Mistake("tls", $"is given for {endpoint}, which is not encrypted; allowed with mqtts:// alone");
        }

        var options = new MqttClientOptions
        {
            Endpoint = endpoint,
            ClientId = gateway is null ? "" : $"{gateway.Site}/{gateway.Gateway}",
            KeepAlive = TimeSpan.FromSeconds(keepAlive),
            Reconnect = reconnect,
            UserName = user,
            Password = password is null ? null : Encoding.UTF8.GetBytes(password),
        };
        return (options, tls);
    }

    /// <summary>The defaults are a fleet's: after the broker's restart its gateways come back over several seconds and not at once.</summary>
    private static MqttReconnectOptions ReadReconnect(ConfigurationSection section)
    {
        var minimum = section.Number("reconnectMinimumSeconds", 0.05, 600) ?? 5;
        var maximum = section.Number("reconnectMaximumSeconds", minimum, 3600) ?? Math.Max(minimum, 60);
        return new MqttReconnectOptions { InitialDelay = TimeSpan.FromSeconds(minimum), MaximumDelay = TimeSpan.FromSeconds(maximum) };
    }

    private static BoardConfiguration ReadBoard(ConfigurationSection section, string stateDirectory)
    {
        var kind = section.Choice("kind", BoardFactory.Kinds);
        if (kind == BoardFactory.Linux)
        {
            return ReadLinuxBoard(section, stateDirectory);
        }

        var count = section.Integer("count", 1, 10_000);
        var seed = section.Integer("seed", int.MinValue, int.MaxValue) ?? 1;
        var speed = section.Number("speed", SimulationOptions.MinimumSpeed, SimulationOptions.MaximumSpeed) ?? 1;
        TimeSpan? startAt = null;
        if (section.Text("startAt") is { } text)
        {
            if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            {
                startAt = time.ToTimeSpan();
            }
            else
            {
                section.Mistake("startAt", $"is \"{text}\"; allowed: a time of day, 00:00 to 23:59");
            }
        }

        section.Done();
        return new BoardConfiguration(kind, (int?)count, new SimulationOptions { Seed = (int)seed, Speed = speed, StartAt = startAt });
    }

    private static BoardConfiguration ReadLinuxBoard(ConfigurationSection section, string stateDirectory)
    {
        var board = new BoardConfiguration(BoardFactory.Linux, null, new SimulationOptions());
        try
        {
            return board with { Linux = LinuxBoardParser.Parse(section.Element!.Value, section.Path, Path.Combine(stateDirectory, "totals")) };
        }
        catch (BoardConfigurationException exception)
        {
            section.Take(exception.Mistakes.Select(static m => new ConfigurationMistake(m.Key, m.Problem)));
            return board;
        }
    }

    /// <summary>How often the gateway's own health is read; null for never.</summary>
    private static TimeSpan? ReadHealth(ConfigurationSection section)
    {
        var interval = section.Integer("intervalSeconds", 0, 86_400) ?? 60;
        section.Done();
        return interval == 0 ? null : TimeSpan.FromSeconds(interval);
    }

    private static FramingOptions ReadFraming(ConfigurationSection section)
    {
        var defaults = new FramingOptions();
        var options = new FramingOptions
        {
            MaximumReadings = (int?)section.Integer("maximumReadings", 1, 10_000) ?? defaults.MaximumReadings,
            MaximumAge = section.Integer("maximumAgeMs", 10, 600_000) is { } age ? TimeSpan.FromMilliseconds(age) : defaults.MaximumAge,
        };
        section.Done();
        return options;
    }

    private static OutboxOptions ReadOutbox(ConfigurationSection section, string directory)
    {
        var defaults = new OutboxOptions { Directory = directory };
        var maximum = section.Integer("maximumBytes", OutboxOptions.SmallestMaximumBytes, 1L << 40) ?? defaults.MaximumBytes;
        var options = defaults with
        {
            MaximumBytes = maximum,
            SegmentBytes = (int?)section.Integer("segmentBytes", 4096, Math.Min(maximum / OutboxOptions.LeastSegments, 1 << 30)) ?? (int)Math.Clamp(maximum / 16, 4096, defaults.SegmentBytes),
            MaximumAge = section.Integer("maximumAgeHours", 1, 87_600) is { } age ? TimeSpan.FromHours(age) : defaults.MaximumAge,
            FlushInterval = section.Integer("flushMs", 0, 60_000) is { } flush ? TimeSpan.FromMilliseconds(flush) : defaults.FlushInterval,
            CursorInterval = section.Integer("cursorSeconds", 1, 3600) is { } cursor ? TimeSpan.FromSeconds(cursor) : defaults.CursorInterval,
            LongBacklogFrames = (int?)section.Integer("longBacklogFrames", 1, 1_000_000) ?? defaults.LongBacklogFrames,
        };
        section.Done();
        return options;
    }

    private static WatchdogOptions? ReadWatchdog(ConfigurationSection section)
    {
        if (section.Element is null)
        {
            return null;
        }

        var device = section.RequiredText("device", "such as /dev/watchdog");
        var timeout = section.Integer("timeoutSeconds", WatchdogOptions.SmallestTimeoutSeconds, WatchdogOptions.LargestTimeoutSeconds) ?? WatchdogOptions.DefaultTimeoutSeconds;
        section.Done();
        return new WatchdogOptions(device, TimeSpan.FromSeconds(timeout));
    }

    private static ClockOptions ReadClock(ConfigurationSection section)
    {
        var defaults = new ClockOptions();
        var options = new ClockOptions
        {
            IsTrusted = section.Flag("trusted") ?? defaults.IsTrusted,
            Grace = section.Number("graceSeconds", 0, 3600) is { } grace ? TimeSpan.FromSeconds(grace) : defaults.Grace,
            LongestWait = section.Number("longestWaitSeconds", 0, 86_400) is { } longest ? TimeSpan.FromSeconds(longest) : defaults.LongestWait,
        };
        section.Done();
        return options;
    }

    private static UplinkOptions ReadUplink(ConfigurationSection section)
    {
        var defaults = new UplinkOptions();
        var window = (int?)section.Integer("window", 1, 65_535) ?? defaults.Window;
        var options = defaults with
        {
            Window = window,
            MaximumUnconfirmed = (int?)section.Integer("maximumUnconfirmed", window, int.MaxValue) ?? Math.Max(window, defaults.MaximumUnconfirmed),
            BacklogBytesPerSecond = section.Integer("backlogBytesPerSecond", 1024, 1L << 40) ?? defaults.BacklogBytesPerSecond,
            ResendAfter = section.Integer("resendAfterSeconds", 1, 3600) is { } resend ? TimeSpan.FromSeconds(resend) : defaults.ResendAfter,
        };
        section.Done();
        return options;
    }
}
