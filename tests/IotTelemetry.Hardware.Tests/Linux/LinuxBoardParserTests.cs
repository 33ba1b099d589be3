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
        var mistake = Assert.Throws<BoardConfigurationException>(() => Parse(sensors));

        Assert.Equal(key, mistake.Key);
        Assert.Contains(problem, mistake.Message, StringComparison.Ordinal);
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
        var meter = Assert.IsType<PulseMeterOptions>(Parse("""{"type":"pulse-meter","pulsesPerKilowattHour":500,"counter":{"device":"meter-1","count":2,"ceiling":65535}}""").Assets[0].Sensors[0]);

        Assert.Empty(meter.Lines);
        Assert.Equal(new PulseCounterOptions { Device = "meter-1", Count = 2, Ceiling = 65_535, Poll = TimeSpan.FromMilliseconds(100) }, meter.Counter);
        Assert.Equal(2, meter.UnitPerPulse);
    }

    private static LinuxBoardOptions Parse(string sensors)
    {
        using var document = JsonDocument.Parse($$"""{"name":"n","assets":[{"id":"a","kind":"k","sensors":[{{sensors}}]}]}""");
        return LinuxBoardParser.Parse(document.RootElement, "board", "/state");
    }
}
