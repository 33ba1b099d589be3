using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>The points that selects have reserved for their operates. Runs on the monotonic clock. Guarded by the <see cref="CommandDesk"/>.</summary>
internal sealed class Reservations(TimeSpan timeout, TimeProvider time)
{
    private readonly Dictionary<int, (Guid Id, PointValue Value, long At)> _points = [];

    /// <summary>Reserves a point.</summary>
    public void Add(int point, Command command) => _points[point] = (command.Id, command.Value!.Value, time.GetTimestamp());

    public void Remove(int point) => _points.Remove(point);

    /// <summary>Why a phase cannot go on at this point; null when no reservation is in its way and one that it needs is there.</summary>
    public (CommandCode Code, string? Detail)? Objection(int point, Command command)
    {
        var isReserved = _points.TryGetValue(point, out var reservation);
        var isLive = isReserved && time.GetElapsedTime(reservation.At) < timeout;
        var isOurs = isReserved && reservation.Id == command.Id;
        if (isReserved && !isLive)
        {
            _points.Remove(point);
        }

        return command.Phase switch
        {
            CommandPhase.Direct or CommandPhase.Select when isLive && !isOurs => (CommandCode.Busy, $"the point is selected by command {reservation.Id}"),
            CommandPhase.Operate or CommandPhase.Cancel when isOurs && !isLive => (CommandCode.SelectTimeout, null),
            CommandPhase.Operate or CommandPhase.Cancel when !isOurs => (CommandCode.NotSelected, null),
            CommandPhase.Operate when reservation.Value != command.Value => (CommandCode.NotSelected, $"the select announced the value {reservation.Value}"),
            _ => null,
        };
    }
}
