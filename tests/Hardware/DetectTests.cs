using System.Text.Json;
using IotTelemetry.Hardware.Qemu.Tests.Machine;
using IotTelemetry.Hardware.Sensors.Configuration;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>What <c>iot-edge detect</c> finds on a machine with chips.</summary>
[Collection(GuestMachine.Name)]
public sealed class DetectTests(Guest guest)
{
    [GuestFact]
    public async Task Detect_names_lines_with_their_users_and_makes_of_the_sensors_a_configuration_that_loads()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "bays");
        await using var sensor = await I2cChip.PlugAsync(guest, "lm75", 0x48, null, (0x00, 0x1900, true));
        await using var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"bay","kind":"k","sensors":[{"type":"digital-input","point":"p","line":{"chip":"bays","line":"bays-0"}}]}]}""");
        await probe.ValueAsync("bay/p", 0);

        var text = await guest.ShellAsync("/probe detect");
        Assert.Contains("\"bays\", 8 lines", text, StringComparison.Ordinal);
        Assert.Contains("0 bays-0: used by iot-edge", text, StringComparison.Ordinal);
        Assert.Contains("0x48 lm75: driver lm75", text, StringComparison.Ordinal);

        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var board = LinuxBoardParser.Parse(document.RootElement.GetProperty("board"), "board", "/nowhere");
        Assert.Contains(board.Assets, a => a.Asset.Id == "lm75-0-48");
        await using var detected = await RestartAsync(probe, document.RootElement.GetProperty("board").GetRawText());
        Assert.Equal(25.0, (await detected.ReadAsync("lm75-0-48/temp1_degc")).Value, 3);
    }

    private async Task<ProbeSession> RestartAsync(ProbeSession running, string board)
    {
        await running.KillAsync();
        return await ProbeSession.StartAsync(guest, board);
    }
}
