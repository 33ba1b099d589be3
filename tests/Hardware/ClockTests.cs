using System.Globalization;
using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>The native agent in a machine whose clock somebody really sets, by years and both ways.</summary>
[Collection(GuestMachine.Name)]
public sealed class ClockTests(Guest guest)
{
    private const string Rows = "FROM iot.readings WHERE gateway = 'clock'";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Early = new(2025, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [CloudFact]
    public async Task Clock_set_by_years_both_ways_dates_no_reading_wrongly_and_breaks_no_order()
    {
        await using var cloud = await CloudProcess.StartAsync();
        var configuration = $$"""{"site":"lab","gateway":"clock","state":"/var/clock","mqtt":{"endpoint":"mqtt://10.0.2.2:{{cloud.MqttPort}}"},"sampling":{"pollMs":100},"framing":{"maximumAgeMs":200},"clock":{"graceSeconds":600},"health":{"intervalSeconds":0},"board":{"kind":"simulated-car-park","count":2} }""";
        await guest.ShellAsync($"echo '{configuration}' >/tmp/clock.json");
        try
        {
            await SetClockAsync(DateTimeOffset.UnixEpoch.AddHours(1));
            await guest.ShellAsync("(/usr/bin/iot-edge run --drain-on-stop 20 /tmp/clock.json >/tmp/clock.log 2>&1; echo $? >/tmp/clock.status) & echo");
            await SaidAsync("onnected to the broker");

            // What is read in 1970 waits for the time, and gets it with the step.
            Assert.Equal("0", await cloud.QueryAsync($"SELECT count() {Rows}"));
            await SetClockAsync(Early);
            await HasAsync(cloud, $"SELECT count() > 40 {Rows}");
            var firstMs = long.Parse(await cloud.QueryAsync($"SELECT toUnixTimestamp64Milli(min(ts)) {Rows}"), CultureInfo.InvariantCulture);
            Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(firstMs), Early - Patience, Early);

            var right = DateTimeOffset.UtcNow;
            await SetClockAsync(right);
            await HasAsync(cloud, $"SELECT countIf(ts >= fromUnixTimestamp64Milli({right.ToUnixTimeMilliseconds()})) > 20 {Rows}");
            Assert.Equal("1", await cloud.QueryAsync($"SELECT uniqExact(epoch) {Rows}"));

            await SetClockAsync(Early);
            await HasAsync(cloud, $"SELECT uniqExact(epoch) = 2 AND countIf(epoch = (SELECT max(epoch) {Rows})) > 20 {Rows}");
            await guest.ShellAsync("kill -TERM $(pidof iot-edge); i=0; while [ ! -f /tmp/clock.status ] && [ $i -lt 250 ]; do usleep 100000; i=$((i+1)); done");
            Assert.Equal("0", await guest.ShellAsync("cat /tmp/clock.status"));
        }
        finally
        {
            await SetClockAsync(DateTimeOffset.UtcNow);
        }

        // Between the three times there is nothing, and within an epoch no point goes back.
        var (early, earlyEnd) = ((Early - Patience).ToUnixTimeMilliseconds(), Early.AddHours(1).ToUnixTimeMilliseconds());
        var today = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        Assert.Equal("0", await cloud.QueryAsync($"SELECT countIf(NOT (toUnixTimestamp64Milli(ts) BETWEEN {early} AND {earlyEnd} OR toUnixTimestamp64Milli(ts) > {today})) {Rows}"));
        Assert.Equal("0", await cloud.QueryAsync($"SELECT countIf(ts < before) FROM (SELECT ts, lagInFrame(ts, 1, ts) OVER (PARTITION BY epoch, asset, point ORDER BY seq, ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before {Rows})"));
    }

    private async Task SetClockAsync(DateTimeOffset time) => await guest.ShellAsync($"date -s @{time.ToUnixTimeSeconds()}");

    private async Task SaidAsync(string words)
    {
        var (status, _) = await guest.TryShellAsync($"i=0; while ! grep -q '{words}' /tmp/clock.log && [ $i -lt 250 ]; do usleep 100000; i=$((i+1)); done; grep -q '{words}' /tmp/clock.log");
        Assert.True(status == 0, await guest.ShellAsync("cat /tmp/clock.log"));
    }

    private async Task HasAsync(CloudProcess cloud, string sql)
    {
        try
        {
            await cloud.WaitForAsync(sql, "1");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the agent said: {await guest.ShellAsync("tail -40 /tmp/clock.log")}");
        }
    }
}
