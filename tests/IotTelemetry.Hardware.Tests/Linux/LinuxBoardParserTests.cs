using System.Text.Json;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Sensors.Configuration;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class LinuxBoardParserTests
{
    [Theory]
    [InlineData("""{"type":"digital-input","point":"p","line":{"chip":"c","line":"1","bias":"up"}}""", "board.assets[0].sensors[0].line.bias", "'up' is not allowed; one of as-is, disabled, pull-up, pull-down")]
    [InlineData("""{"type":"digital-input","point":"p","line":{"chip":"c","line":"1","colour":"red"}}""", "board.assets[0].sensors[0].line.colour", "unknown key; allowed here: chip, line, activeLow, bias, debounceMs, pollMs")]
    [InlineData("""{"type":"digital-input","line":{"chip":"c","line":"1"}}""", "board.assets[0].sensors[0].point", "missing; it must be a text")]
    [InlineData("""{"type":"pulse-meter","line":{"chip":"c","line":"1"}}""", "board.assets[0].sensors[0].pulsesPerKilowattHour", "give either this")]
    [InlineData("""{"type":"pulse-meter","unitPerPulse":1}""", "board.assets[0].sensors[0].line", "give either this (edges of a GPIO line) or counter")]
    [InlineData("""{"type":"pulse-meter","unitPerPulse":1,"line":{"chip":"c","line":"1"},"counter":{"device":"d"}}""", "board.assets[0].sensors[0].line", "give either this (edges of a GPIO line) or counter")]
    [InlineData("""{"type":"pulse-meter","unitPerPulse":1,"counter":{"device":"d","pollMs":1}}""", "board.assets[0].sensors[0].counter.pollMs", "1 is not allowed; it must be 10 to 60000")]
    [InlineData("""{"type":"hwmon","channel":"temp1","point":"t"}""", "board.assets[0].sensors[0].device", "known again whatever its number")]
    [InlineData("""{"type":"hwmon","device":"d","channel":"Tctl","point":"t"}""", "board.assets[0].sensors[0].unit", "does not tell its unit")]
    [InlineData("""{"type":"i2c-register","bus":"1","address":"40","register":"0x00","format":"u8","unit":"V","point":"t"}""", "board.assets[0].sensors[0].address", "\"40\" is not allowed; it must be a text from \"0x08\" to \"0x77\"")]
    [InlineData("""{"type":"ultrasonic","point":"d","intervalMs":10,"trigger":{"chip":"c","line":"1"},"echo":{"chip":"c","line":"2"}}""", "board.assets[0].sensors[0].intervalMs", "10 is not allowed; it must be 70 to 3600000")]
    [InlineData("""{"type":"digital-input","point":"p","line":{"chip":"c","line":"1"}},{"type":"digital-input","point":"q","line":{"chip":"c","line":"1"}}""", "board.assets", "line c/1 is used twice: a/p, a/q")]
    public void Mistake_names_key_value_and_what_is_allowed(string sensors, string key, string problem)
    {
        var mistake = Assert.Single(Assert.Throws<BoardConfigurationException>(() => Parse(sensors)).Mistakes);

        Assert.Equal(key, mistake.Key);
        Assert.Contains(problem, mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_found_and_none_that_only_follows_from_another()
    {
        var mistakes = Assert.Throws<BoardConfigurationException>(() => Parse("""
            {"type":"toaster","slots":2},
            {"type":"contactor","normallyOpen":{"chip":"c","line":7},"travelTimeMs":0,"safe":"open","colour":"red"},
            {"type":"hwmon","device":5,"channel":"","point":"t","minimum":9,"maximum":1},
            {"type":"pulse-meter","pulsesPerKilowattHour":-1,"line":7,"point":"p","point":"q"}
            """)).Mistakes;

        string[] expected =
        [
            "[0].type: 'toaster' is not allowed; one of digital-input,",
            "[1].coil: missing; it must be an object",
            "[1].normallyOpen.line: 7 is not allowed; it must be a text of at least one character",
            "[1].travelTimeMs: 0 is not allowed; it must be 1 to 10000",
            "[1].safe: 'open' is not allowed; one of off, on, hold",
            "[1].colour: unknown key; allowed here: type, coil,",
            "[2].device: 5 is not allowed; it must be a text of at least one character",
            "[2].channel: \"\" is not allowed; it must be a text of at least one character",
            "[2].minimum: 9 must be below maximum 1",
            "[3].pulsesPerKilowattHour: -1 is not allowed; it must be 0.001 to 1000000",
            "[3].line: 7 is not allowed; it must be an object",
            "[3].point: is given twice",
        ];
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected, e => Assert.Contains(mistakes, m => m.ToString().StartsWith($"board.assets[0].sensors{e}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Contactor_has_its_defaults()
    {
        var contactor = Assert.IsType<ContactorOptions>(Parse("""{"type":"contactor","coil":{"chip":"c","line":"1"},"normallyOpen":{"chip":"c","line":"2"}}""").Assets[0].Sensors[0]);

        Assert.False(contactor.Initial);
        Assert.Equal(false, contactor.Safe);
        Assert.Null(contactor.NormallyClosed);
        Assert.Equal(TimeSpan.FromMilliseconds(200), contactor.TravelTime);
    }

    [Fact]
    public void Pulse_meter_by_a_counter_takes_no_line()
    {
        var meter = Assert.IsType<PulseMeterOptions>(Parse("""{"type":"pulse-meter","pulsesPerKilowattHour":500,"maximumRate":43000,"counter":{"device":"meter-1","count":2,"ceiling":65535}}""").Assets[0].Sensors[0]);

        Assert.Empty(meter.Lines);
        Assert.Equal(new PulseCounterOptions { Device = "meter-1", Count = 2, Ceiling = 65_535, Poll = TimeSpan.FromMilliseconds(100) }, meter.Counter);
        Assert.Equal(2, meter.UnitPerPulse);
        Assert.Equal(43_000, meter.MaximumRate);
    }

    private static LinuxBoardOptions Parse(string sensors)
    {
        using var document = JsonDocument.Parse($$"""{"name":"n","assets":[{"id":"a","kind":"k","sensors":[{{sensors}}]}]}""");
        return LinuxBoardParser.Parse(document.RootElement, "board", "/state");
    }
}
